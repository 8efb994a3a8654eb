/** A shell in a machine of the lab, see README.md. */
import { taskOptions } from "../../tasks/task_options.ts";
import { bootShell } from "./host/boot.ts";
import { containerRuntime } from "./host/container_runtime.ts";
import { withFirmwareFor } from "./host/firmware.ts";
import { prepareBoot, withKernelFor } from "./host/lab_files.ts";
import { LabError } from "./lab_error.ts";
import { labMachine } from "./machines.ts";

const { values, positionals: [name] } = taskOptions(
  "deno task lab:shell [MACHINE] [--dramemory PATH] [--bare]",
  {
    options: {
      dramemory: { type: "string", default: "bin/dramemory" },
      bare: { type: "boolean", default: false },
    },
    allowPositionals: true,
  },
);
const scratch = await Deno.makeTempDir({ prefix: "dramemory-lab-" });
try {
  const machine = labMachine(name ?? "two-nodes");
  const files = await prepareBoot(scratch, {
    dramemory: values.dramemory,
    checks: machine.checks,
    additions: values.bare ? [] : [containerRuntime()],
  });
  const own = await withFirmwareFor(machine, await withKernelFor(machine, files));
  Deno.exitCode = await bootShell(own, machine) ? 0 : 1;
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  console.error(error.message);
  Deno.exitCode = 1;
} finally {
  await Deno.remove(scratch, { recursive: true });
}
