import type { Topology } from "../topology/topology.ts";
import { OperatorError } from "../values/operator_error.ts";

/** Nothing useful could be read of the machine's topology. */
export class TopologyError extends OperatorError {
  override name = "TopologyError";
  constructor(readonly path: string, readonly reason: string, options?: ErrorOptions) {
    super(`Cannot read the topology from ${path}: ${reason}`, options);
  }
}

/** Where the machine's topology comes from. */
export interface TopologySource {
  /**
   * Reads the topology as it is now.
   *
   * A part that cannot be read is named in {@link Topology.unreadable}, and the rest is still there. Throws
   * {@link TopologyError} when the list of nodes, the page size or the machine's memory cannot be read.
   */
  read(): Promise<Topology>;
}
