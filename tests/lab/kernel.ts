/**
 * `deno task lab:kernel [machine …] [--dramemory PATH]`: the built executable on real kernels, see README.md.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bootChecks } from "./host/boot.ts";
import { prepareBoot } from "./host/lab_files.ts";
import { LabError } from "./lab_error.ts";
import { labMachine, labMachines } from "./machines.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  options: { dramemory: { type: "string", default: "bin/dramemory" } },
  allowPositionals: true,
});
const interrupt = new AbortController();
const onInterrupt = () => interrupt.abort();
Deno.addSignalListener("SIGINT", onInterrupt);

const logs = await Deno.makeTempDir({ prefix: "dramemory-lab-" });
const scratch = await Deno.makeTempDir({ prefix: "dramemory-lab-scratch-" });
try {
  const succeeded = await runMachines();
  if (succeeded) await Deno.remove(logs, { recursive: true });
  Deno.exitCode = succeeded ? 0 : 1;
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  console.error(error.message);
  await Deno.remove(logs, { recursive: true });
  Deno.exitCode = 1;
} finally {
  await Deno.remove(scratch, { recursive: true });
  Deno.removeSignalListener("SIGINT", onInterrupt);
}

/** Boots one machine after another. Logs of those that did not do well are told at the end. */
async function runMachines(): Promise<boolean> {
  const machines = positionals.length === 0 ? labMachines : positionals.map(labMachine);
  const checks = [...new Set(machines.flatMap((machine) => machine.checks))];
  const files = await prepareBoot(scratch, { dramemory: values.dramemory, checks });
  const problems: string[] = [];
  let passed = 0, failed = 0;
  for (const machine of machines) {
    if (interrupt.signal.aborted) break;
    console.log(`\n== ${machine.name}`);
    const consoleLog = join(logs, `${machine.name}.log`);
    const outcome = await bootChecks(files, machine, { consoleLog, interrupt: interrupt.signal });
    passed += outcome.passed;
    failed += outcome.failed;
    if (outcome.problem !== undefined) {
      problems.push(`${machine.name}: ${outcome.problem}, see ${consoleLog}`);
    }
  }
  console.log(`\nThe lab: ${passed} passed, ${failed} failed`);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 && !interrupt.signal.aborted;
}
