import { hasVariableForm, VariableCount } from "../../../core/claims/variable_form.ts";

/**
 * What is read of a message: fields by number (`nri.proto`), whole, in part, or of an environment what may be this
 * driver's. A field that is to be read as well has to be named here.
 */
export type ReadFields = readonly (ReadFields | "whole" | "environment" | undefined)[];

const whole = "whole";
const pod: ReadFields = fields({ 1: whole, 2: whole, 3: whole, 4: whole, 7: whole, 8: whole });
const container: ReadFields = fields({
  1: whole,
  2: whole,
  3: whole,
  4: whole,
  8: "environment",
  11: whole,
});

/** Of messages with a pod and a container: `CreateContainer`, `UpdateContainer` and others. */
export const podAndContainer: ReadFields = fields({ 1: pod, 2: container, 3: whole });
/** Of `RemoveContainer`: which container that is. */
export const podAndContainerName: ReadFields = fields({ 1: pod, 2: fields({ 1: whole, 3: whole }) });
/** Of `StateChange`. */
export const eventPodAndContainer: ReadFields = fields({ 1: whole, 2: pod, 3: container });

const varint = 0, fixed64 = 1, lengthDelimited = 2, fixed32 = 5;

/**
 * A protobuf message with those of its fields that are read, so that decoding it costs what they cost. A pod can bring
 * hundreds of thousands of arguments and variables, which the runtime passes on, and each would become an object. Of an
 * environment no more stays than it takes to see that it has more variables of this driver's form than a container can
 * have claims. Throws `RangeError` for what is no message.
 */
export function onlyRead(message: Uint8Array, read: ReadFields): Uint8Array {
  return concat(partsOf(message, 0, message.length, read));
}

/** The parts that are read of the message from `at` to `end`. */
function partsOf(bytes: Uint8Array, at: number, end: number, read: ReadFields): Uint8Array[] {
  const parts: Uint8Array[] = [], count = new VariableCount();
  // Where the fields begin that are to be passed on as they are.
  let from = at;
  while (at < end) {
    const start = at, { tag, value, next } = fieldAt(bytes, at, end);
    at = next;
    const field = read[tag >>> 3], how = field === "environment" && count.isTooMany ? undefined : field;
    if (how === whole) continue;
    if (how === "environment" && hasVariableForm(bytes, value, next)) {
      // A character of text has three bytes at most.
      count.add((next - value) / 3);
      continue;
    }
    if (from < start) parts.push(bytes.subarray(from, start));
    if (how === undefined || how === "environment") {
      const afterMore = how === undefined ? afterAlike : afterOthers;
      if (tag <= largestShortTag) at = afterMore(bytes, next, end, tag);
    } else {
      const inner = partsOf(bytes, value, next, how);
      const length = inner.reduce((sum, part) => sum + part.length, 0);
      parts.push(Uint8Array.from([...varintOf(tag), ...varintOf(length)]), ...inner);
    }
    from = at;
  }
  if (from < end) parts.push(bytes.subarray(from, end));
  return parts;
}

/** The largest tag of one byte: those of fields from 16 on have two. */
const largestShortTag = 0x7f;

/** Where the short fields of that one-byte tag end which come next. A tight loop, for those that there can be very many of. */
function afterAlike(bytes: Uint8Array, at: number, end: number, tag: number): number {
  while (at < end && bytes[at] === tag) {
    const length = bytes[at + 1] ?? 0x80;
    if (length > 0x7f || at + 2 + length > end) break;
    at += 2 + length;
  }
  return at;
}

/** As {@link afterAlike}, up to one that may be a variable of this driver. */
function afterOthers(bytes: Uint8Array, at: number, end: number, tag: number): number {
  while (at < end && bytes[at] === tag) {
    const length = bytes[at + 1] ?? 0x80, next = at + 2 + length;
    if (length > 0x7f || next > end || hasVariableForm(bytes, at + 2, next)) break;
    at = next;
  }
  return at;
}

/** The field at `at`: its tag, and where its value begins and ends. */
function fieldAt(bytes: Uint8Array, at: number, end: number): { tag: number; value: number; next: number } {
  const [tag, afterTag] = readVarint(bytes, at, end);
  const [value, length] = valueAt(bytes, afterTag, end, tag & 7);
  if (value + length > end) throw new RangeError("Cannot read a message that ends inside a field");
  return { tag, value, next: value + length };
}

/** Where the value of a field begins that has its tag before `at`, and how long it is. */
function valueAt(bytes: Uint8Array, at: number, end: number, wireType: number): [number, number] {
  switch (wireType) {
    case lengthDelimited: {
      const [length, value] = readVarint(bytes, at, end);
      return [value, length];
    }
    case varint: {
      let length = 1;
      while ((bytes[at + length - 1] ?? 0) > 0x7f) length++;
      return [at, length];
    }
    case fixed64:
      return [at, 8];
    case fixed32:
      return [at, 4];
    default:
      throw new RangeError(`Cannot read a field of wire type ${wireType}`);
  }
}

/** A number of at most 32 bits, and where it ends. */
function readVarint(bytes: Uint8Array, at: number, end: number): [value: number, end: number] {
  for (let value = 0, shift = 0; shift < 32 && at < end; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte <= 0x7f) return [value, at];
  }
  throw new RangeError("Cannot read a field's number or length");
}

function varintOf(value: number): number[] {
  return value > 0x7f ? [value & 0x7f | 0x80, ...varintOf(value >>> 7)] : [value];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function fields(read: Readonly<Record<number, ReadFields[number]>>): ReadFields {
  return Array.from({ length: Math.max(...Object.keys(read).map(Number)) + 1 }, (_, field) => read[field]);
}
