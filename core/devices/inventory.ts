import type { NumaNodeId } from "../values/ids.ts";
import type { Device } from "./device.ts";

/** The devices that this node has right now. The publisher sets them, everything else reads them. */
export class DeviceInventory {
  #devices: readonly Device[] = [];
  #companions: ReadonlyMap<NumaNodeId, NumaNodeId> = new Map();
  #memoryNodes: readonly NumaNodeId[] = [];

  constructor(readonly nodeName: string) {}

  get devices(): readonly Device[] {
    return this.#devices;
  }

  /** For nodes whose memory the kernel cannot use for itself, those that containers get beside them. */
  get companions(): ReadonlyMap<NumaNodeId, NumaNodeId> {
    return this.#companions;
  }

  /** Every node that has memory, whether claims can have of it or not. */
  get memoryNodes(): readonly NumaNodeId[] {
    return this.#memoryNodes;
  }

  replace(
    devices: readonly Device[],
    companions: ReadonlyMap<NumaNodeId, NumaNodeId> = new Map(),
    memoryNodes: readonly NumaNodeId[] = [],
  ): void {
    this.#devices = devices;
    this.#companions = companions;
    this.#memoryNodes = memoryNodes;
  }
}
