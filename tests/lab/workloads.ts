/**
 * Programs of Debian that use hugepages, each in a container with nothing
 * but claims, with containerd and runc on a real kernel; see README.md.
 */
import { taskOptions } from "../../tasks/task_options.ts";
import { checkMachines } from "./host/check_machines.ts";
import { containerRuntime } from "./host/container_runtime.ts";
import { debianPrograms } from "./host/debian_programs.ts";
import { labMachine } from "./machines.ts";

const packages = [
  "dpdk",
  "libhugetlbfs-bin",
  "libhugetlbfs0",
  "librte-eal23",
  "librte-mempool23",
  "openjdk-17-jre-headless",
  "postgresql-15",
  "python3-minimal",
  "qemu-system-x86",
];

const { values: { dramemory } } = taskOptions("deno task lab:workloads [--dramemory PATH]", {
  options: { dramemory: { type: "string", default: "bin/dramemory" } },
});
const twoNodes = labMachine("two-nodes");

await checkMachines({
  // The second node has room for the runtime and for what the programs take beside hugepages.
  machines: () => {
    const nodes = twoNodes.nodes.map((node, id) => (
      id === 0 ? node : { ...node, memoryMiB: 4096, hugepages: { "2m": 256 } }
    ));
    return [{ ...twoNodes, nodes, checks: ["workloads"] }];
  },
  dramemory,
  additions: () => [containerRuntime(), debianPrograms(packages)],
  limitMinutes: 40,
});
