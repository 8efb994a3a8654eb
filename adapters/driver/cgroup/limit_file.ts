import type { MemoryLimit } from "../../../core/claims/memory_limits.ts";
import { PodCgroupError } from "../../../core/ports/pod_cgroup.ts";
import { messageOf } from "../../../core/values/message_of.ts";

/**
 * Reads a file of a cgroup on this thread: a container waits for it, the kernel answers at once, and handing the work to
 * another thread would take several times as long. Throws {@link PodCgroupError} with the remedy.
 */
export function readValue<T>(path: string, parse: (text: string) => T, remedy: string): T {
  try {
    return parse(Deno.readTextFileSync(path));
  } catch (cause) {
    throw failed(`Cannot read ${path}`, cause, remedy);
  }
}

/**
 * Writes a limit, as {@link readValue} reads. The kernel takes a value in one write. It ignores the truncation, which the
 * plain files of a demo need.
 */
export function writeLimit(path: string, limit: MemoryLimit, remedy: string): void {
  try {
    const file = Deno.openSync(path, { write: true, truncate: true });
    try {
      file.writeSync(new TextEncoder().encode(String(limit)));
    } finally {
      file.close();
    }
  } catch (cause) {
    throw failed(`Cannot write ${limit} to ${path}`, cause, remedy);
  }
}

function failed(what: string, cause: unknown, remedy: string): PodCgroupError {
  return new PodCgroupError(`${what}: ${messageOf(cause)} (${remedy})`, { cause });
}
