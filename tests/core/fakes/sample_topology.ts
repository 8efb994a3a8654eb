import type { TopologySource } from "../../../core/ports/topology_source.ts";
import type { Topology } from "../../../core/topology/topology.ts";

/** A machine whose topology can be exchanged. */
export class SampleTopology implements TopologySource {
  constructor(public topology: Topology) {}

  read(): Promise<Topology> {
    return Promise.resolve(this.topology);
  }
}
