/** A value of type `T` that can only come from the function that checked it. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
