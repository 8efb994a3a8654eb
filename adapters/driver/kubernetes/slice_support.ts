import type { SliceSupport } from "../../../core/ports/slice_repository.ts";
import type { GatedField } from "./slice_mapping.ts";

/** The feature by which a kubelet counts claims as resources of its node (KEP-5517), and the gate of the same name. */
const nodeAllocatableFeature = "DRANodeAllocatableResources";

/**
 * What is of use in a slice. An API server refuses a device's node allocatable resources as long as the Node does not
 * declare the feature, and without its gate drops them (`resourceslice/strategy.go` of Kubernetes 1.37). Kubernetes
 * 1.36 has a gate of that name for a field of another name, which its scheduler reads and its kubelet does not.
 */
export function sliceSupport(
  declaredFeatures: readonly string[],
  dropped: ReadonlySet<GatedField>,
): SliceSupport {
  return {
    taints: !dropped.has("taints"),
    nodeAllocatable: !declaredFeatures.includes(nodeAllocatableFeature)
      ? {
        on: false,
        why: `the Node does not declare the feature ${nodeAllocatableFeature} ` +
          "(a kubelet of Kubernetes 1.37 or newer does with the feature gate of that name)",
      }
      : dropped.has("nodeAllocatableResources")
      ? {
        on: false,
        why: "the API server drops nodeAllocatableResources from ResourceSlices " +
          `(turn on its feature gate ${nodeAllocatableFeature}, and the scheduler's, in Kubernetes 1.37 or newer)`,
      }
      : { on: true },
  };
}
