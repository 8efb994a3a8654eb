import assert from "node:assert/strict";

/** What the workload program is asked for. */
export interface WorkloadRequest {
  /** The directory of the cgroup that it joins before it maps anything. */
  readonly cgroup: string;
  readonly bytes: number;
  readonly page: "base" | "2m" | "1g";
  /** Maps with MAP_NORESERVE, which asks for no reservation of hugepages. */
  readonly noReserve?: boolean;
  /** The CPU that it runs on; any when undefined. */
  readonly cpu?: number;
}

/** Where a workload's memory is, in bytes by NUMA node, or how it failed. */
export type WorkloadOutcome = Readonly<Record<number, number>> | "ENOMEM" | "SIGBUS" | "SIGKILL";

/** Long beyond what any workload of the lab takes. */
const limitMilliseconds = 60_000;

/** A running workload.c, or one that failed. */
export class Workload implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor({ cgroup, bytes, page, noReserve = false, cpu }: WorkloadRequest) {
    this.#process = new Deno.Command("workload", {
      args: [cgroup, `${cpu ?? "any"}`, `${bytes}`, page, ...(noReserve ? ["noreserve"] : [])],
      stdin: "piped",
      stdout: "piped",
      signal: AbortSignal.timeout(limitMilliseconds),
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    // The program writes a line at a time, far below what a pipe splits.
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Waits until the memory was touched, or could not be. */
  async outcome(): Promise<WorkloadOutcome> {
    const { value: line = "" } = await this.#lines.read();
    if (line.includes("kernelpagesize_kB=")) return bytesByNode(line);
    const { signal } = await this.#process.status;
    if (signal === "SIGBUS" || signal === "SIGKILL") return signal;
    assert.equal(line, "mmap ENOMEM\n");
    return "ENOMEM";
  }

  /** Looks again where the memory is. */
  async whereNow(): Promise<WorkloadOutcome> {
    await this.#input.write(new TextEncoder().encode("\n"));
    return await this.outcome();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#lines.cancel();
    await this.#process.status;
  }
}

/** Runs a workload to its end and tells how it went. */
export async function runWorkload(request: WorkloadRequest): Promise<WorkloadOutcome> {
  await using workload = new Workload(request);
  return await workload.outcome();
}

/** Reads the `N<node>=<pages>` of a line of numa_maps (Documentation/filesystems/proc.rst). */
function bytesByNode(line: string): Record<number, number> {
  const [, kibibytes] = /kernelpagesize_kB=(\d+)/.exec(line) ?? [];
  return Object.fromEntries(
    [...line.matchAll(/ N(\d+)=(\d+)/g)].map(([, node, pages]) => [
      node,
      Number(pages) * Number(kibibytes) * 1024,
    ]),
  );
}
