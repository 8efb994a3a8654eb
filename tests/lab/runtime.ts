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
import { labMachine } from "./machines.ts";

/** What can be checked, and what it takes beside the newest containerd: `runtime` stands for guest/runtime_checks.ts. */
const checks = new Map<string, readonly MakeAdditions[]>([
  ["runtime", []],
  ["runtime_launch", []],
  ["runtime_absence", []],
  ["runtime_fail_closed", [otherContainerd("lab/containerd-nri-0.12.5", [containerdWithNewestNri])]],
  ["runtime_1_7", [otherContainerd("lab/containerd-1.7", containerd17)]],
  ["memory_policy", [otherContainerd("lab/containerd-1.7", containerd17)]],
]);

const { values: { dramemory }, positionals } = parseArgs({
  args: Deno.args,
  options: { dramemory: { type: "string", default: "bin/dramemory" } },
  allowPositionals: true,
});
/** Checks that are made only where they are named: these have not passed yet. */
const unproven = new Set(["memory_policy"]);
const chosen = positionals.length === 0
  ? [...checks.keys()].filter((name) => !unproven.has(name))
  : positionals;
/** The checks that are made on another machine than `two-nodes`. */
const elsewhere = new Map([["memory_policy", "memory-tiers"]]);

await checkMachines({
  machines: () => {
    const unknown = chosen.find((name) => !checks.has(name));
    if (unknown !== undefined) {
      throw new LabError(`Cannot check ${unknown}: there are ${[...checks.keys()].join(", ")}`);
    }
    // With room for the runtime on the second node, where everything but the containers lives.
    const byMachine = Map.groupBy(chosen, (name) => elsewhere.get(name) ?? "two-nodes");
    return [...byMachine].map(([name, checks]) => {
      const machine = labMachine(name);
      const nodes = machine.nodes.map((node, id) => id === 1 ? { ...node, memoryMiB: 4096 } : node);
      return { ...machine, nodes, checks };
    });
  },
  dramemory,
  additions: [containerRuntime, ...chosen.flatMap((name) => checks.get(name) ?? [])],
  limitMinutes: 40,
});
