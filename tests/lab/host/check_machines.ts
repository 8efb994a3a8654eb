import { join } from "node:path";
import { LabError } from "../lab_error.ts";
import type { LabMachine } from "../machines.ts";
import { bootChecks } from "./boot.ts";
import { type MakeAdditions, prepareBoot, withKernelFor } from "./lab_files.ts";

/** What a task of the lab runs. */
export interface CheckRun {
  /** Its machines. May throw a {@link LabError}. */
  readonly machines: () => readonly LabMachine[];
  /** The executable under test. */
  readonly dramemory: string;
  readonly additions: readonly MakeAdditions[];
  /** For each machine, from power to power-off. */
  readonly limitMinutes: number;
}

/**
 * Boots one machine after another, with their checks, and exits with 1 when not all is well. The consoles of all of
 * them are then kept. Control-C ends the machine that runs.
 */
export async function checkMachines(run: CheckRun): Promise<void> {
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  const logs = await Deno.makeTempDir({ prefix: "dramemory-lab-" });
  const scratch = await Deno.makeTempDir({ prefix: "dramemory-lab-scratch-" });
  try {
    const succeeded = await bootAll(run, { logs, scratch, interrupt: interrupt.signal });
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
}

/** Logs of machines that did not do well are told at the end. */
async function bootAll(
  { machines, dramemory, additions, limitMinutes }: CheckRun,
  { logs, scratch, interrupt }: {
    readonly logs: string;
    readonly scratch: string;
    readonly interrupt: AbortSignal;
  },
): Promise<boolean> {
  const chosen = machines();
  const checks = [...new Set(chosen.flatMap((machine) => machine.checks))];
  const files = await prepareBoot(scratch, { dramemory, checks, additions, machines: chosen });
  const problems: string[] = [];
  let passed = 0, failed = 0;
  for (const machine of chosen) {
    if (interrupt.aborted) break;
    console.log(`\n== ${machine.name}`);
    const consoleLog = join(logs, `${machine.name}.log`);
    const outcome = await bootChecks(await withKernelFor(machine, files), machine, {
      consoleLog,
      limitMinutes,
      interrupt,
    });
    passed += outcome.passed;
    failed += outcome.failed;
    if (outcome.problem !== undefined) {
      problems.push(`${machine.name}: ${outcome.problem}, see ${consoleLog}`);
    }
  }
  console.log(`\nThe lab: ${passed} passed, ${failed} failed`);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 && !interrupt.aborted;
}
