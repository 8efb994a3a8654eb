/**
 * Writes the few ASN.1 values that a certificate consists of, in DER (ITU-T X.690): a tag, the length and the
 * content of each.
 */

/** Any value, from its tag and the parts of its content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concat(parts);
  return concat([Uint8Array.of(tag), length(content.length), content]);
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return der(0x30, ...parts);
}

/** A whole number of at least 0, from its bytes in big-endian order. */
export function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Uint8Array.of(0) : bytes.subarray(first);
  // A leading bit that is set would make the number negative.
  return (digits[0] ?? 0) < 0x80 ? der(0x02, digits) : der(0x02, Uint8Array.of(0), digits);
}

/** Bits, of which the last `unused` ones do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Uint8Array<ArrayBuffer> {
  return der(0x03, Uint8Array.of(unused), bytes);
}

export function octetString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return der(0x04, bytes);
}

export function boolean(value: boolean): Uint8Array<ArrayBuffer> {
  return der(0x01, Uint8Array.of(value ? 0xff : 0));
}

/** An object identifier in its dotted form, such as `2.5.29.19`. */
export function oid(dotted: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, ...[first * 40 + second, ...rest].map(base128));
}

export function utf8String(text: string): Uint8Array<ArrayBuffer> {
  return der(0x0c, new TextEncoder().encode(text));
}

/** A moment before the year 2050, to the second. */
export function utcTime(moment: Date): Uint8Array<ArrayBuffer> {
  const digits = moment.toISOString().replace(/\.\d+Z$/, "").replace(/\D/g, "").slice(2);
  return der(0x17, new TextEncoder().encode(`${digits}Z`));
}

function length(bytes: number): Uint8Array {
  if (bytes < 0x80) return Uint8Array.of(bytes);
  return bytes < 0x100 ? Uint8Array.of(0x81, bytes) : Uint8Array.of(0x82, bytes >> 8, bytes & 0xff);
}

function base128(value: number): Uint8Array {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift(rest & 0x7f | 0x80);
  return Uint8Array.from(digits);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
