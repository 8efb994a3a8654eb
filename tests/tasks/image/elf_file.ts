/** What an ELF file of a test says. */
export interface ElfContents {
  readonly machine: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
}

/** The smallest ELF file that says so, laid out by hand after the System V ABI: header, segments, then their content. */
export function elfFile({ machine, interpreter, needed = [] }: ElfContents): Uint8Array<ArrayBuffer> {
  const base = 0x400000;
  const strings = `\0${needed.map((name) => `${name}\0`).join("")}`;
  const interpreterText = interpreter === undefined ? "" : `${interpreter}\0`;
  const interpreterAt = 64 + 3 * 56;
  const stringsAt = interpreterAt + interpreterText.length;
  const dynamicAt = stringsAt + strings.length;
  const dynamic = [
    ...needed.map((name) => [1, strings.indexOf(`\0${name}\0`) + 1] as const),
    [5, base + stringsAt] as const,
    [0, 0] as const,
  ];
  const size = dynamicAt + dynamic.length * 16;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);

  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 3, true);
  view.setUint16(18, machine, true);
  put(32, 64);
  view.setUint16(54, 56, true);
  view.setUint16(56, 3, true);
  const segments: (readonly [type: number, at: number, size: number])[] = [
    [1, 0, size],
    // A null segment takes the place of what is not there.
    [interpreter === undefined ? 0 : 3, interpreterAt, interpreterText.length],
    [needed.length === 0 ? 0 : 2, dynamicAt, dynamic.length * 16],
  ];
  for (const [index, [type, at, length]] of segments.entries()) {
    const header = 64 + index * 56;
    view.setUint32(header, type, true);
    put(header + 8, at);
    put(header + 16, base + at);
    put(header + 32, length);
  }
  bytes.set(new TextEncoder().encode(interpreterText + strings), interpreterAt);
  for (const [index, [tag, value]] of dynamic.entries()) {
    put(dynamicAt + index * 16, tag);
    put(dynamicAt + index * 16 + 8, value);
  }
  return bytes;
}
