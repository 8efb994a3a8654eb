import type { PreparedClaim } from "../../../../core/claims/claim.ts";
import { allocation, preparedClaim } from "../../claims.ts";

/** A claim with metadata for its container. */
function described(claim: PreparedClaim, text: string): PreparedClaim {
  const metadata = { containerPath: "/var/run/kubernetes.io/x", text };
  return { ...claim, injections: [{ request: "main", mounts: [], environment: [], metadata }] };
}

/** Durable before the crash. */
export const oldClaim = described(preparedClaim("old", allocation("main", "memory", 0, "1Gi")), "old");
/** The one that is being saved, replaced or removed. */
export const newClaim = described(
  preparedClaim("new", allocation("main", "hugepages-2m", 1, "64Mi")),
  "new",
);
/** What is durable for the same uid when it is replaced. */
export const formerClaim = described(
  preparedClaim("new", allocation("main", "hugepages-2m", 0, "32Mi")),
  "former",
);
