import * as v from "valibot";

/** A limit as the driver keeps it in files of its own: `max`, or the bytes in digits, which JSON's numbers cannot hold. */
export const keptLimit = v.union([
  v.literal("max"),
  v.pipe(v.string(), v.regex(/^\d{1,19}$/), v.transform((digits: string) => BigInt(digits))),
]);
