import assert from "node:assert/strict";
import { parseReport } from "../../workload/report.ts";

/** What the workload program is asked for. */
export interface WorkloadRequest {
  /** The directory of the cgroup that it joins before it maps anything. */
  readonly cgroup: string;
  readonly bytes: number;
  readonly page: "base" | "2m" | "1g";
  /** Maps with MAP_NORESERVE, which asks for no reservation of hugepages. */
  readonly noReserve?: boolean;
  /** Touches nothing at first: only {@link Workload.whereNow} has it touch all of it. */
  readonly touchLater?: boolean;
  /** The CPU that it runs on; any when undefined. */
  readonly cpu?: number;
}

/** Where a workload's memory is, in bytes by NUMA node, or how it failed. */
export type WorkloadOutcome = Readonly<Record<number, number>> | "ENOMEM" | "SIGBUS" | "SIGKILL";

/** Long beyond what any workload of the lab takes, one that outlives a restart of the runtime included. */
const limitMilliseconds = 300_000;

/** A running workload, or one that failed. */
export class Workload implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #ended = false;

  constructor({ cgroup, bytes, page, noReserve = false, touchLater = false, cpu }: WorkloadRequest) {
    this.#process = new Deno.Command("workload", {
      args: [
        ...["--cgroup", cgroup, "--bytes", `${bytes}`, "--hold"],
        ...(page === "base" ? [] : ["--hugepages", page]),
        ...(noReserve ? ["--no-reserve"] : []),
        ...(touchLater ? ["--touch-later"] : []),
        ...(cpu === undefined ? [] : ["--cpu", `${cpu}`]),
      ],
      stdin: "null",
      stdout: "piped",
      signal: AbortSignal.timeout(limitMilliseconds),
    }).spawn();
    // The program writes a line at a time, far below what a pipe splits.
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Waits until the memory was touched, or could not be. */
  async outcome(): Promise<WorkloadOutcome> {
    const { value: line } = await this.#lines.read();
    const report = line === undefined ? undefined : parseReport(line);
    if (report !== undefined && "nodes" in report) return report.nodes;
    const { signal } = await this.#process.status;
    this.#ended = true;
    if (signal === "SIGKILL") return signal;
    if (report?.reason === "SIGBUS" || report?.reason === "ENOMEM") return report.reason;
    throw new assert.AssertionError({ message: `the workload ended otherwise: ${signal} ${line}` });
  }

  /** Looks again where the memory is. */
  async whereNow(): Promise<WorkloadOutcome> {
    this.#process.kill("SIGUSR1");
    return await this.outcome();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#process.kill("SIGTERM");
    await this.#lines.cancel();
    await this.#process.status;
  }
}

/** Runs a workload to its end and tells how it went. */
export async function runWorkload(request: WorkloadRequest): Promise<WorkloadOutcome> {
  await using workload = new Workload(request);
  return await workload.outcome();
}
