import type { ExistingContainer } from "../../../core/ports/container_service.ts";
import * as nri from "../../protocols/nri/generated/nri.ts";
import { containerOf, sandboxOf } from "./messages.ts";
import { statusCode, TtrpcError } from "../../protocols/nri/ttrpc/status.ts";

/**
 * More containers than any node runs: a bound for what a runtime can make the plugin collect. The changes of so many
 * fit into one reply (4 MiB), which NRI does not let a plugin split, other than the runtime's list.
 */
export const maxContainers = 16_384;

/** A runtime's pods and containers, as the messages of a `Synchronize` bring them. */
export class ContainerListing {
  readonly #pods = new Map<string, nri.PodSandbox>();
  readonly #containers: nri.Container[] = [];

  /**
   * Adds what a message brought. Throws {@link TtrpcError} for more than a node can have; not RESOURCE_EXHAUSTED,
   * at which runtimes would look for messages of their own that are too large.
   */
  add({ pods, containers }: Pick<nri.SynchronizeRequest, "pods" | "containers">): void {
    if (
      this.#pods.size + pods.length > maxContainers ||
      this.#containers.length + containers.length > maxContainers
    ) {
      const text = `Cannot synchronize more than ${maxContainers} pods or containers`;
      throw new TtrpcError(statusCode.invalidArgument, text);
    }
    for (const pod of pods) this.#pods.set(pod.id, pod);
    this.#containers.push(...containers);
  }

  /** What there is. A container whose pod is unknown cannot be judged. */
  existing(): ExistingContainer[] {
    return this.#containers.flatMap((container) => {
      const pod = this.#pods.get(container.podSandboxId);
      if (pod === undefined) return [];
      const isStopped = container.state === nri.ContainerState.CONTAINER_STOPPED;
      return [{ ...containerOf(container), sandbox: sandboxOf(pod), isStopped }];
    });
  }
}
