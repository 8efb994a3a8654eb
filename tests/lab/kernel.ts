/** The built executable on real kernels, see README.md. */
import { taskOptions } from "../../tasks/task_options.ts";
import { checkMachines } from "./host/check_machines.ts";
import { labMachine, labMachines } from "./machines.ts";

const { values: { dramemory }, positionals } = taskOptions(
  "deno task lab:kernel [MACHINE …] [--dramemory PATH]",
  {
    options: { dramemory: { type: "string", default: "bin/dramemory" } },
    allowPositionals: true,
  },
);

await checkMachines({
  machines: () => positionals.length === 0 ? labMachines : positionals.map(labMachine),
  dramemory,
  additions: () => [],
  limitMinutes: 10,
});
