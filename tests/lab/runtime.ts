/** The built executable with containerd and runc, or others, on a real kernel; see README.md. */
import { taskOptions } from "../../tasks/task_options.ts";
import { containerd17, containerdWithNewestNri } from "../peers/containerd/node_programs.ts";
import { checkMachines } from "./host/check_machines.ts";
import { otherContainerd } from "./host/container_runtime.ts";
import type { MakeAdditions } from "./host/lab_files.ts";
import { nodeRuntimeFiles } from "./host/node_runtimes.ts";
import { selinuxPolicy } from "./host/selinux.ts";
import { cgroupManagerFiles } from "./host/systemd.ts";
import { LabError } from "./lab_error.ts";
import { type LabMachine, labMachine } from "./machines.ts";

/** A check of guest/: `runtime` stands for guest/runtime_checks.ts. */
interface RuntimeCheck {
  /** Another containerd that it takes beside the newest one; CRI-O stands in for both. */
  readonly containerd?: MakeAdditions;
  /** What else it takes beside the runtime. */
  readonly additions?: readonly MakeAdditions[];
  /** The machines that it is made on, if not on `two-nodes`. */
  readonly machines?: readonly LabMachine[];
  /** Whether it has no meaning with CRI-O in containerd's place. */
  readonly ofContainerdAlone?: boolean;
  /** What may make the cgroups, if not cgroupfs alone. */
  readonly cgroupManagers?: readonly string[];
}

const twoNodes = labMachine("two-nodes"), threeNodes = labMachine("memory-tiers");
const newerKernel: LabMachine = { ...twoNodes, name: "two-nodes-6.12", oldestKernel: "6.12" };
const either = ["cgroupfs", "systemd"];
const oldest = otherContainerd("lab/containerd-1.7", containerd17);

/** The longest first, so that all lanes end together. */
const checks = new Map<string, RuntimeCheck>([
  ["runtime_fail_closed", {
    containerd: otherContainerd("lab/containerd-nri-0.12.5", [containerdWithNewestNri]),
  }],
  ["runtime", { cgroupManagers: either }],
  ["runtime_1_7", { containerd: oldest, ofContainerdAlone: true }],
  ["runtime_absence", { cgroupManagers: either }],
  // Users of their own take a tmpfs whose owners can be mapped for what is mounted from it, which Linux 6.3 has.
  ["runtime_pods", { cgroupManagers: either, machines: [newerKernel] }],
  ["memory_limits", {}],
  ["runtime_launch", {}],
  ["memory_refusals", { containerd: oldest }],
  ["runtime_updates", { cgroupManagers: either }],
  ["runtime_systemd", { cgroupManagers: ["systemd"] }],
  ["selinux", {
    additions: [selinuxPolicy],
    machines: [{ ...twoNodes, kernelParameters: ["security=selinux"] }],
  }],
  ["memory_policy", { machines: [newerKernel, threeNodes] }],
]);

const usage =
  "deno task lab:runtime [CHECK …] [--dramemory PATH] [--runtime crio] [--oci-runtime crun] [--cgroup-manager systemd] " +
  "[--machine NAME]";
const {
  values: { dramemory, runtime, "oci-runtime": ociRuntime, "cgroup-manager": cgroupManager, machine: named },
  positionals,
} = taskOptions(usage, {
  options: {
    dramemory: { type: "string", default: "bin/dramemory" },
    runtime: { type: "string", default: "containerd" },
    "oci-runtime": { type: "string" },
    "cgroup-manager": { type: "string", default: "cgroupfs" },
    machine: { type: "string" },
  },
  allowPositionals: true,
});
/** Checks that are made only where they are named: they pass, and take three minutes each of those that the gate has. */
const onlyNamed = new Set(["memory_policy", "runtime_pods", "selinux"]);
const possible = [...checks].flatMap(([name, { ofContainerdAlone = false, cgroupManagers = ["cgroupfs"] }]) =>
  (!ofContainerdAlone || runtime === "containerd") && cgroupManagers.includes(cgroupManager) ? [name] : []
);
const chosen = positionals.length === 0 ? possible.filter((name) => !onlyNamed.has(name)) : positionals;

await checkMachines({
  machines: () => {
    const unknown = chosen.find((name) => !possible.includes(name));
    if (unknown !== undefined) {
      throw new LabError(
        `Cannot check ${unknown} of ${runtime} with ${cgroupManager}: there are ${possible.join(", ")}`,
      );
    }
    return chosen.flatMap((name) =>
      machinesOf(name).map((machine) => ({
        ...withRoom(machine),
        name: `${name}@${machine.name}`,
        checks: [name],
      }))
    );
  },
  dramemory,
  additions: () => [
    ...cgroupManagerFiles(cgroupManager),
    (sources) => nodeRuntimeFiles(runtime, ociRuntime)(sources),
    ...chosen.flatMap(additionsOf),
  ],
  limitMinutes: 60,
});

function additionsOf(name: string): readonly MakeAdditions[] {
  const { containerd, additions = [] } = checks.get(name) ?? {};
  return containerd === undefined || runtime !== "containerd" ? additions : [containerd, ...additions];
}

/** With room for the runtime on the last node, where everything but the containers lives. */
function withRoom(machine: LabMachine): LabMachine {
  const last = machine.nodes.length - 1;
  return {
    ...machine,
    nodes: machine.nodes.map((node, id) => id === last ? { ...node, memoryMiB: 4096 } : node),
  };
}

function machinesOf(name: string): readonly LabMachine[] {
  return named === undefined ? checks.get(name)?.machines ?? [twoNodes] : [labMachine(named)];
}
