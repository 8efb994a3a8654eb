/**
 * `deno task lab:kernel [machine …] [--dramemory PATH]`: the built executable on real kernels, see README.md.
 */
import { parseArgs } from "node:util";
import { checkMachines } from "./host/check_machines.ts";
import { labMachine, labMachines } from "./machines.ts";

const { values: { dramemory }, positionals } = parseArgs({
  args: Deno.args,
  options: { dramemory: { type: "string", default: "bin/dramemory" } },
  allowPositionals: true,
});

await checkMachines({
  machines: () => positionals.length === 0 ? labMachines : positionals.map(labMachine),
  dramemory,
  additions: [],
  limitMinutes: 10,
});
