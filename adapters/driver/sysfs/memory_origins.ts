import { basename, dirname } from "node:path";
import type { MemoryOrigin } from "../../../core/topology/memory_origin.ts";
import type { NumaNodeId } from "../../../core/values/ids.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { parseNodeList } from "./id_lists.ts";

/** What the memory of nodes is made of, where all of it that was plugged in is of one origin; and what could not be read. */
export interface MemoryOrigins {
  readonly byNode: ReadonlyMap<NumaNodeId, MemoryOrigin>;
  readonly failures: readonly UnreadableFileError[];
}

/** What is behind a device of these buses. */
const originOfBus: Readonly<Record<string, MemoryOrigin>> = { cxl: "cxl", nd: "pmem" };

/** Many times what a machine has, and how deep below `/sys/devices` a device is at most. */
const maxDevices = 4096, maxDepth = 32;

/**
 * Reads which nodes have their memory from DAX devices that the kernel uses as memory: those of `bus/dax/devices` with the
 * driver `kmem`. Each names its node (`target_node`), and one of the devices above it is on the bus of what it is made of:
 * `cxl`, or `nd` for persistent memory (Documentation/ABI/testing/sysfs-bus-dax, sysfs-bus-cxl, sysfs-bus-nfit). Memory that
 * the firmware only set apart is on neither bus, which tells nothing. Never rejects for what is in there.
 */
export async function readMemoryOrigins(sysfsRoot: string): Promise<MemoryOrigins> {
  const directory = `${sysfsRoot}/bus/dax/devices`;
  const names = await attempt(listDirectory(directory));
  if (names instanceof UnreadableFileError) {
    return { byNode: new Map(), failures: isMissing(names) ? [] : [names] };
  }
  if (names.length > maxDevices) {
    const reason = `has ${names.length} devices, more than ${maxDevices}`;
    return { byNode: new Map(), failures: [new UnreadableFileError(directory, reason)] };
  }
  const found = new Map<NumaNodeId, Set<MemoryOrigin | undefined>>(), failures: UnreadableFileError[] = [];
  for (const name of names.sort()) {
    const device = `${directory}/${name}`;
    if (linkedName(`${device}/driver`) !== "kmem") continue;
    const node = await attempt(readText(`${device}/target_node`, parseNodeList));
    if (node instanceof UnreadableFileError) failures.push(node);
    else for (const id of node) found.set(id, (found.get(id) ?? new Set()).add(originOf(device)));
  }
  const byNode = [...found].flatMap(([id, origins]) => {
    const [origin] = origins;
    return origins.size === 1 && origin !== undefined ? [[id, origin] as const] : [];
  });
  return { byNode: new Map(byNode), failures };
}

function originOf(device: string): MemoryOrigin | undefined {
  let path = realPath(device);
  for (let depth = 0; path !== undefined && depth < maxDepth; depth++) {
    const origin = originOfBus[linkedName(`${path}/subsystem`) ?? ""];
    if (origin !== undefined) return origin;
    path = dirname(path);
  }
  return undefined;
}

/** What a link ends with; undefined where there is none. */
function linkedName(path: string): string | undefined {
  const target = orUndefined(() => Deno.readLinkSync(path));
  return target === undefined ? undefined : basename(target);
}

function realPath(path: string): string | undefined {
  return orUndefined(() => Deno.realPathSync(path));
}

/** No link, or one that leads nowhere: a device can go at any moment, and a copied tree has few. */
const noLink: readonly unknown[] = ["ENOENT", "EINVAL", "ENOTDIR", "ELOOP", "EACCES"];

function orUndefined(look: () => string): string | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error && noLink.includes(error.code)) return undefined;
    throw error;
  }
}
