import type { Trial } from "../../../core/operations/check_claim/check_claim.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";

const symbols = {
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
} as const;

/** PROT_READ | PROT_WRITE, and MAP_PRIVATE | MAP_ANONYMOUS of mmap(2), which are the same on every architecture here. */
const readWrite = 1 | 2;
const privateAnonymous = 0x02 | 0x20;
/** MAP_HUGETLB, with the binary logarithm of the page size from bit 26 on (MAP_HUGE_SHIFT). */
const hugetlb = 0x40000;
const hugeShift = 26;

/** What mmap(2) answers when it gives nothing. */
const mapFailed = 2n ** 64n - 1n;

/** Ordinary memory is tried with so much: enough that no page was there before. */
const ordinaryBytes = 1n << 20n;

/**
 * Takes one hugepage of a size, or a mebibyte of ordinary memory, touches it, looks up where the kernel put it
 * (`/proc/self/numa_maps`, Documentation/filesystems/proc.rst) and gives it back.
 *
 * A hugepage that was promised and is not there ends the process by SIGBUS: the kernel has no other way to say so.
 */
export async function tryMemory(hugepage: PageSize | undefined, procfsRoot = "/proc"): Promise<Trial> {
  const length = hugepage ?? ordinaryBytes;
  const flags = hugepage === undefined
    ? privateAnonymous
    : privateAnonymous | hugetlb | (logarithm(hugepage) << hugeShift);
  const libc = Deno.dlopen("libc.so.6", symbols);
  try {
    const start = libc.symbols.mmap(null, length, readWrite, flags, -1, 0n);
    if (start === null || Deno.UnsafePointer.value(start) === mapFailed) {
      return { kind: "failed", reason: "the kernel gives none" };
    }
    try {
      touch(start, Number(length));
      const maps = await attempt(readText(`${procfsRoot}/self/numa_maps`, (text) => text));
      const isKnown = !(maps instanceof UnreadableFileError);
      return {
        kind: "touched",
        numaNodes: isKnown ? nodesAt(maps, Deno.UnsafePointer.value(start)) : [],
      };
    } finally {
      libc.symbols.munmap(start, length);
    }
  } finally {
    libc.close();
  }
}

function touch(start: Deno.PointerObject, length: number): void {
  const bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(start, length));
  for (let at = 0; at < length; at += smallestPage) bytes[at] = 1;
}

/** The smallest page that any architecture has. */
const smallestPage = 4096;

function logarithm(size: PageSize): number {
  return size.toString(2).length - 1;
}

/**
 * The nodes of the mapping at an address, from the text of `numa_maps`: `7f2c00000000 default anon=256 dirty=256 N1=256
 * kernelpagesize_kB=4`. Mappings of one kind that touch each other are one, so that the address may lie within it.
 */
export function nodesAt(maps: string, address: bigint): number[] {
  let found: string | undefined;
  for (const line of maps.split("\n")) {
    const [, start] = /^([0-9a-f]{1,16}) /.exec(line) ?? [];
    if (start === undefined) continue;
    if (BigInt(`0x${start}`) > address) break;
    found = line;
  }
  return [...(found ?? "").matchAll(/ N(\d{1,5})=\d+/g)].map(([, node]) => Number(node));
}
