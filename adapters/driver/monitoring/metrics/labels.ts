/** Whether a request, or a claim of it, came to what it was meant to. */
export const results = ["ok", "error"] as const;
/** The calls of the kubelet. */
export const draOperations = ["prepare", "unprepare"] as const;
/** What the container runtime asks. */
export const nriOperations = [
  "create_container",
  "update_container",
  "remove_container",
  "synchronize",
] as const;
/** How a ResourceSlice is written. */
export const sliceWrites = ["create", "update", "delete"] as const;
/** What the API server is asked for. */
export const apiOperations = [
  "get_claim",
  "get_pod",
  "list_slices",
  "create_slice",
  "update_slice",
  "delete_slice",
] as const;
/** Why that failed: something else was written meanwhile, or anything else. */
export const apiProblems = ["conflict", "unavailable"] as const;
