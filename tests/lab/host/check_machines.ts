import { join } from "node:path";
import { LabError } from "../lab_error.ts";
import type { LabMachine } from "../machines.ts";
import { bootChecks } from "./boot.ts";
import { withFirmwareFor } from "./firmware.ts";
import { type HostRoom, inLanes } from "./lanes.ts";
import { type MakeAdditions, prepareBoot, withKernelFor } from "./lab_files.ts";
import { Turns } from "./turns.ts";

/** What QEMU takes beside a machine's memory: mostly for the code that it translates (tb-size of its accelerator tcg). */
const emulatorMiB = 1024;

const interrupting = ["SIGINT", "SIGTERM"] as const;

/** What a task of the lab runs. */
export interface CheckRun {
  /** Its machines, each with a name of its own. May throw a {@link LabError}. */
  readonly machines: () => readonly LabMachine[];
  /** The executable under test. */
  readonly dramemory: string;
  /** What goes onto them beside it. May throw a {@link LabError}. */
  readonly additions: () => readonly MakeAdditions[];
  /** For each machine, from power to power-off. */
  readonly limitMinutes: number;
}

/**
 * Boots the machines with their checks, one on each CPU of this host as far as its memory goes, and exits with 1 when not
 * all is well. The consoles of all of them are then kept. Control-C ends the machines that run, and so does SIGTERM.
 */
export async function checkMachines(run: CheckRun): Promise<void> {
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  for (const signal of interrupting) Deno.addSignalListener(signal, onInterrupt);
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
    for (const signal of interrupting) Deno.removeSignalListener(signal, onInterrupt);
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
  const files = await prepareBoot(scratch, { dramemory, checks, additions: additions(), machines: chosen });
  const encoder = new TextEncoder();
  const turns = new Turns((text) => Deno.stdout.writeSync(encoder.encode(text)));
  const boot = async (machine: LabMachine, number: number) => {
    if (interrupt.aborted) return { passed: 0, failed: 0, problems: [] };
    const say = (text: string) => turns.say(number, text);
    say(`\n== ${machine.name}\n`);
    const consoleLog = join(logs, `${machine.name}.log`);
    const booted = await withFirmwareFor(machine, await withKernelFor(machine, files));
    const { problem, ...counts } = await bootChecks(booted, machine, {
      consoleLog,
      limitMinutes,
      interrupt,
      say,
    });
    turns.end(number);
    return {
      ...counts,
      problems: problem === undefined ? [] : [`${machine.name}: ${problem}, see ${consoleLog}`],
    };
  };
  const outcomes = await inLanes(
    chosen.map((machine, number) => ({ memoryMiB: memoryOf(machine), run: () => boot(machine, number) })),
    hostRoom(),
  );
  const sumOf = (count: "passed" | "failed") => outcomes.reduce((sum, outcome) => sum + outcome[count], 0);
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  console.log(`\nThe lab: ${sumOf("passed")} passed, ${sumOf("failed")} failed`);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 && !interrupt.aborted;
}

function hostRoom(): HostRoom {
  const { available } = Deno.systemMemoryInfo();
  return { lanes: navigator.hardwareConcurrency, memoryMiB: available / 2 ** 20 };
}

function memoryOf({ nodes }: LabMachine): number {
  return nodes.reduce((sum, { memoryMiB }) => sum + memoryMiB, emulatorMiB);
}
