import type { LabMachine } from "../machines.ts";
import { hugepageParameters, machineArguments } from "./qemu_arguments.ts";

/** A machine ends with the lab, however that ends. */
const endsWithParent = ["--pdeathsig=KILL", "qemu-system-x86_64"];

/** What every machine of a run is booted with. */
export interface BootFiles {
  readonly kernel: string;
  /** See writeRootImage. */
  readonly image: string;
  /** Structures of the firmware's SMBIOS table that take the place of QEMU's own of their types. */
  readonly smbios?: readonly string[];
}

/** How the checks on a machine went. */
export interface ChecksOutcome {
  readonly passed: number;
  readonly failed: number;
  /** Why the run counts as failed even if no check did; undefined when all is well. */
  readonly problem: string | undefined;
}

/** How checks are run. */
export interface ChecksOptions {
  /** The file for all that the machine says but the checks' output. */
  readonly consoleLog: string;
  /** Longest time from power to power-off. */
  readonly limitMinutes: number;
  readonly interrupt: AbortSignal;
  /** Hears the checks' output as it comes. */
  readonly say: (text: string) => void;
}

/**
 * Boots a machine, runs its checks and waits for the power-off.
 */
export async function bootChecks(
  files: BootFiles,
  machine: LabMachine,
  { consoleLog, limitMinutes, interrupt, say }: ChecksOptions,
): Promise<ChecksOutcome> {
  const limit = AbortSignal.timeout(limitMinutes * 60_000);
  const qemu = new Deno.Command("setpriv", {
    args: [
      ...endsWithParent,
      ...bootArguments(files, machine, [`lab.checks=${machine.checks.join(",")}`]),
      ...["-display", "none", "-serial", `file:${consoleLog}`, "-serial", "stdio"],
    ],
    stdin: "null",
    stdout: "piped",
    signal: AbortSignal.any([limit, interrupt]),
  }).spawn();
  const output = await hear(qemu.stdout, say);
  const { success } = await qemu.status;
  const [, status] = /^lab: the checks ended with (\d+)$/m.exec(output) ?? [];
  return {
    passed: sumOf(/\| (\d+) passed/g, output),
    failed: sumOf(/\| (\d+) failed/g, output),
    problem: status === "0"
      ? undefined
      : interrupt.aborted
      ? "interrupted"
      : limit.aborted
      ? `not finished after ${limitMinutes} minutes`
      : status !== undefined
      ? "checks failed"
      : success
      ? "ended before its checks did"
      : "QEMU failed",
  };
}

/** Boots a machine with a shell on this terminal. */
export async function bootShell(files: BootFiles, machine: LabMachine): Promise<boolean> {
  const qemu = new Deno.Command("setpriv", {
    args: [
      ...endsWithParent,
      ...bootArguments(files, machine, ["quiet"]),
      ...["-nographic", "-serial", "mon:stdio"],
    ],
  }).spawn();
  return (await qemu.status).success;
}

/**
 * The part of QEMU's command line that boots a machine, with parameters for its first process. The kernel is always at
 * the same place of memory, and does not check its timer, which a busy host keeps from ticking in time. The file system is mounted as ext4, which pods with users of their own can
 * have parts of. What is written
 * to the disk is dropped at the end. A panic restarts at once, which `-no-reboot` makes an end.
 */
export function bootArguments(
  files: BootFiles,
  machine: LabMachine,
  parameters: readonly string[],
): string[] {
  const commandLine = [
    ...["console=ttyS0", "root=/dev/nvme0n1", "rootfstype=ext4", "rw", "init=/lab/init", "panic=-1"],
    ...["nokaslr", "no_timer_check"],
    ...hugepageParameters(machine),
    "memhp_default_state=online_movable",
    ...machine.kernelParameters ?? [],
    `lab.machine=${machine.name}`,
    ...parameters,
  ];
  return [
    ...["-nodefaults", "-no-reboot"],
    ...machineArguments(machine),
    ...(files.smbios ?? []).flatMap((file) => ["-smbios", `file=${file}`]),
    ...["-drive", `file=${files.image},if=none,id=root,format=raw,snapshot=on`],
    ...["-device", "nvme,drive=root,serial=lab"],
    ...["-kernel", files.kernel, "-append", commandLine.join(" ")],
  ];
}

async function hear(stream: ReadableStream<Uint8Array>, say: (text: string) => void): Promise<string> {
  let output = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    output += text;
    say(text);
  }
  return output;
}

function sumOf(pattern: RegExp, text: string): number {
  return [...text.matchAll(pattern)].reduce((sum, [, count]) => sum + Number(count), 0);
}
