/**
 * `deno task lab:runtime [check …] [--dramemory PATH]`: the built executable with containerd and runc on a real kernel,
 * see README.md.
 */
import { parseArgs } from "node:util";
import { containerd17, containerdWithNewestNri } from "../peers/containerd/node_programs.ts";
import { checkMachines } from "./host/check_machines.ts";
import { containerRuntime, otherContainerd } from "./host/container_runtime.ts";
import type { MakeAdditions } from "./host/lab_files.ts";
import { LabError } from "./lab_error.ts";
import { type LabMachine, labMachine } from "./machines.ts";

/** A check of guest/: `runtime` stands for guest/runtime_checks.ts. */
interface RuntimeCheck {
  /** What it takes beside the newest containerd. */
  readonly additions?: readonly MakeAdditions[];
  /** The machines that it is made on, if not on `two-nodes`. */
  readonly machines?: readonly LabMachine[];
}

const twoNodes = labMachine("two-nodes"), threeNodes = labMachine("memory-tiers");
const oldest = otherContainerd("lab/containerd-1.7", containerd17);

const checks = new Map<string, RuntimeCheck>([
  ["runtime", {}],
  ["runtime_launch", {}],
  ["runtime_absence", {}],
  ["runtime_fail_closed", {
    additions: [otherContainerd("lab/containerd-nri-0.12.5", [containerdWithNewestNri])],
  }],
  ["runtime_1_7", { additions: [oldest] }],
  ["memory_refusals", { additions: [oldest] }],
  ["memory_limits", { machines: [twoNodes, threeNodes] }],
  ["memory_policy", {
    machines: [{ ...twoNodes, name: "two-nodes-6.12", oldestKernel: "6.12" }, threeNodes],
  }],
]);

const { values: { dramemory }, positionals } = parseArgs({
  args: Deno.args,
  options: { dramemory: { type: "string", default: "bin/dramemory" } },
  allowPositionals: true,
});
/** Checks that are made only where they are named: these have not passed as they stand. */
const unproven = new Set(["memory_limits", "memory_policy"]);
const chosen = positionals.length === 0
  ? [...checks.keys()].filter((name) => !unproven.has(name))
  : positionals;

await checkMachines({
  machines: () => {
    const unknown = chosen.find((name) => !checks.has(name));
    if (unknown !== undefined) {
      throw new LabError(`Cannot check ${unknown}: there are ${[...checks.keys()].join(", ")}`);
    }
    const places = chosen.flatMap((name) =>
      (checks.get(name)?.machines ?? [twoNodes]).map((machine) => ({ name, machine }))
    );
    return [...Map.groupBy(places, ({ machine }) => machine.name).values()].flatMap((same) =>
      same.slice(0, 1).map(({ machine }) => ({
        ...withRoom(machine),
        checks: same.map(({ name }) => name),
      }))
    );
  },
  dramemory,
  additions: [containerRuntime, ...chosen.flatMap((name) => checks.get(name)?.additions ?? [])],
  limitMinutes: 40,
});

/** With room for the runtime on the last node, where everything but the containers lives. */
function withRoom(machine: LabMachine): LabMachine {
  const last = machine.nodes.length - 1;
  return {
    ...machine,
    nodes: machine.nodes.map((node, id) => id === last ? { ...node, memoryMiB: 4096 } : node),
  };
}
