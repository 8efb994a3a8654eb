import { join } from "node:path";
import { ServerProcess } from "../../peers/server_process.ts";
import { bootArguments, type BootFiles } from "../host/boot.ts";
import type { LabMachine } from "../machines.ts";

/** The node: pages of both sizes for the suites, and room for the kubelet, the runtime and a few pods. */
const nodeMachine: LabMachine = {
  name: "cluster-node",
  nodes: [
    { cpus: [0], memoryMiB: 2048, hugepages: { "2m": 128 } },
    { cpus: [1], memoryMiB: 5120, hugepages: { "2m": 128, "1g": 2 } },
  ],
  distances: [[10, 21], [21, 10]],
  hugepageSizes: ["2m", "1g"],
  devices: [
    "memory-numa0",
    "memory-numa1",
    "hugepages-2m-numa0",
    "hugepages-2m-numa1",
    "hugepages-1g-numa1",
  ],
  checks: [],
};

/** How the node is reached. */
export interface NodePorts {
  /** The API server's, on this machine. */
  readonly apiServer: number;
  /** The kubelet's, on the node and on this machine's loopback alike. */
  readonly kubelet: number;
}

/** The running machine with the cluster's node. */
export class NodeMachine {
  /** Takes a line with a command, see guest/cluster-node. */
  readonly controlSocket: string;
  readonly #qemu: ServerProcess;

  /** Boots it. What it says goes to `console.log`, `runtime.log` and `kubelet.log` in the directory. */
  constructor(files: BootFiles, { apiServer, kubelet }: NodePorts, directory: string) {
    this.controlSocket = join(directory, "control.sock");
    const forwarded = `hostfwd=tcp:127.0.0.1:${kubelet}-10.0.2.15:${kubelet}`;
    this.#qemu = ServerProcess.start("qemu", directory, "qemu-system-x86_64", [
      ...bootArguments(files, nodeMachine, [`lab.api_server=${apiServer}`]),
      ...["-netdev", `user,id=net,${forwarded}`, "-device", "virtio-net-pci,netdev=net,romfile="],
      ...["-display", "none", "-serial", "file:console.log"],
      ...["-serial", `unix:${this.controlSocket},server=on,wait=off`],
      ...["-serial", "file:runtime.log", "-serial", "file:kubelet.log"],
    ]);
  }

  /** Throws when the machine has ended. */
  checkRunning(): void {
    this.#qemu.checkRunning();
  }

  /** Ends it by its power switch. */
  stop(): Promise<void> {
    return this.#qemu.stop();
  }
}
