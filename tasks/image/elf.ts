/** The architectures that an image can be for, by the names of OCI (those of Go). */
export type Architecture = "amd64" | "arm64";

/** Whether a text names an architecture. */
export function isArchitecture(text: string): text is Architecture {
  return text === "amd64" || text === "arm64";
}

/** What an executable or a library says about where it runs and what it loads. */
export interface ElfFile {
  readonly architecture: Architecture;
  /** The loader, by its absolute path; undefined in a static executable and in a library. */
  readonly interpreter: string | undefined;
  /** The names of the libraries that the loader looks for (DT_NEEDED), in its order. */
  readonly needed: readonly string[];
}

/** Thrown for a file that is no ELF file, or none of a machine that is known here. */
export class ElfError extends Error {
  override name = "ElfError";
}

/** `e_machine` of the ELF header (System V ABI, the supplements for each processor). */
const architectures = new Map<number, Architecture>([[62, "amd64"], [183, "arm64"]]);

/** Types of program headers. */
const segment = { load: 1, dynamic: 2, interpreter: 3 } as const;

/** Tags of the dynamic section. */
const tag = { end: 0, needed: 1, strings: 5 } as const;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Reads a 64-bit little-endian ELF file (System V ABI, chapters 4 and 5). Throws {@link ElfError}. */
export function parseElf(bytes: Uint8Array): ElfFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint32(0) !== 0x7f454c46) throw new ElfError("it is not an ELF file");
    if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1) {
      throw new ElfError("it is not a 64-bit little-endian ELF file");
    }
    const machine = view.getUint16(18, true);
    const architecture = architectures.get(machine);
    if (architecture === undefined) {
      throw new ElfError(`it is for machine ${machine} of ELF, and known are 62 (x86_64) and 183 (aarch64)`);
    }
    const segments = programHeaders(view);
    const interpreter = segments.find(({ type }) => type === segment.interpreter);
    return {
      architecture,
      interpreter: interpreter && textAt(bytes, interpreter.offset),
      needed: neededLibraries(bytes, view, segments),
    };
  } catch (cause) {
    if (cause instanceof RangeError) throw new ElfError("it ends before what it tells of", { cause });
    throw cause;
  }
}

function programHeaders(view: DataView): Segment[] {
  const start = word(view, 32);
  const size = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = start + index * size;
    return {
      type: view.getUint32(at, true),
      offset: word(view, at + 8),
      address: word(view, at + 16),
      size: word(view, at + 32),
    };
  });
}

function neededLibraries(bytes: Uint8Array, view: DataView, segments: readonly Segment[]): string[] {
  const dynamic = segments.find(({ type }) => type === segment.dynamic);
  if (dynamic === undefined) return [];
  const names: number[] = [];
  let strings: number | undefined;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const value = word(view, at + 8);
    const kind = word(view, at);
    if (kind === tag.end) break;
    if (kind === tag.needed) names.push(value);
    if (kind === tag.strings) strings = offsetOf(value, segments);
  }
  const table = strings;
  if (names.length === 0) return [];
  if (table === undefined) throw new ElfError("its dynamic section names libraries, but no strings");
  return names.map((name) => textAt(bytes, table + name));
}

/** Where in the file an address of the program is. */
function offsetOf(address: number, segments: readonly Segment[]): number {
  const holder = segments.find(({ type, address: start, size }) =>
    type === segment.load && address >= start && address < start + size
  );
  if (holder === undefined) throw new ElfError(`its address ${address} is in no part of the file`);
  return address - holder.address + holder.offset;
}

function textAt(bytes: Uint8Array, offset: number): string {
  const end = bytes.indexOf(0, offset);
  if (end < 0) throw new RangeError(`no end of the text at ${offset}`);
  return new TextDecoder().decode(bytes.subarray(offset, end));
}

/** A number of 8 bytes that counts or places something in a file. The tags of processors are larger, and unknown. */
function word(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
