type Methods = Readonly<Record<string, { readonly path: string }>>;

/** {@link Methods} under paths of another package. */
export type Renamed<M extends Methods> = { readonly [K in keyof M]: Omit<M[K], "path"> & { path: string } };

/**
 * The same service as another protobuf package names it. The kubelet's API packages carry their version in the
 * name and are often alike in everything else.
 */
export function inPackage<M extends Methods>(service: M, name: string): Renamed<M> {
  const renamed = Object.entries(service).map(([key, method]) => [
    key,
    { ...method, path: method.path.replace(/^\/[^/]*\./, `/${name}.`) },
  ]);
  // Object.fromEntries forgets the keys' names.
  return Object.fromEntries(renamed) as Renamed<M>;
}
