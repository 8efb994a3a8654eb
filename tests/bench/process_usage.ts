/** What a process holds, in bytes. */
export interface Memory {
  readonly resident: number;
  /** The part that is backed by no file: heaps and stacks. Nothing else can use it, nor is it read again from disk. */
  readonly anonymous: number;
}

/** Reads what a process holds (proc(5), smaps_rollup). */
export async function memoryOf(pid: number): Promise<Memory> {
  const text = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`);
  return { resident: kibibytes(text, "Rss") * 1024, anonymous: kibibytes(text, "Anonymous") * 1024 };
}

function kibibytes(text: string, field: string): number {
  const value = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`Cannot find ${field} in smaps_rollup`);
  return Number(value);
}

/** What a process's threads have used so far. */
export interface Usage {
  readonly byThread: ReadonlyMap<string, ThreadUsage>;
}

interface ThreadUsage {
  readonly nanoseconds: number;
  /** How often it slept and was woken, or was put aside for others. */
  readonly switches: number;
}

/** Reads what each thread of a process has used (proc(5), task/TID/schedstat and status). */
export async function usageOf(pid: number): Promise<Usage> {
  const byThread = new Map<string, ThreadUsage>();
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const usage = await threadUsage(`/proc/${pid}/task/${name}`);
    if (usage !== undefined) byThread.set(name, usage);
  }
  return { byThread };
}

/** Undefined for a thread that has ended meanwhile. */
async function threadUsage(directory: string): Promise<ThreadUsage | undefined> {
  try {
    const [schedstat, status] = await Promise.all(
      ["schedstat", "status"].map((file) => Deno.readTextFile(`${directory}/${file}`)),
    );
    const switches = [...(status ?? "").matchAll(/ctxt_switches:\s+(\d+)/g)].map(([, count]) =>
      Number(count)
    );
    return {
      nanoseconds: Number((schedstat ?? "").split(" ")[0]),
      switches: switches.reduce((sum, count) => sum + count, 0),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || /ESRCH|No such process/.test(String(error))) {
      return undefined;
    }
    throw error;
  }
}

/** What was used between two looks. Of a thread that ended in between only what the first look saw is left out. */
export function usedBetween(before: Usage, after: Usage): { cpuSeconds: number; switches: number } {
  let nanoseconds = 0, switches = 0;
  for (const [thread, usage] of after.byThread) {
    const former = before.byThread.get(thread) ?? { nanoseconds: 0, switches: 0 };
    nanoseconds += usage.nanoseconds - former.nanoseconds;
    switches += usage.switches - former.switches;
  }
  return { cpuSeconds: nanoseconds / 1e9, switches };
}
