import { allocation, preparedClaim } from "../../claims.ts";

/** Durable before the crash. */
export const oldClaim = preparedClaim("old", allocation("main", "memory", 0, "1Gi"));
/** The one that is being saved, replaced or removed. */
export const newClaim = preparedClaim("new", allocation("main", "hugepages-2m", 1, "64Mi"));
/** What is durable for the same uid when it is replaced. */
export const formerClaim = preparedClaim("new", allocation("main", "hugepages-2m", 0, "32Mi"));
