/**
 * `deno task lab:runtime [--dramemory PATH]`: the built executable with containerd and runc on a real kernel, see
 * README.md.
 */
import { parseArgs } from "node:util";
import { checkMachines } from "./host/check_machines.ts";
import { containerRuntime } from "./host/container_runtime.ts";
import { labMachine } from "./machines.ts";

const { values: { dramemory } } = parseArgs({
  args: Deno.args,
  options: { dramemory: { type: "string", default: "bin/dramemory" } },
});

await checkMachines({
  machines: () => [{ ...labMachine("two-nodes"), checks: ["runtime"] }],
  dramemory,
  additions: [containerRuntime],
  limitMinutes: 20,
});
