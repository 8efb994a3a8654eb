/** What the name of each variable of this driver begins with; a claim's uid follows, then what the variable tells of it. */
export const variablePrefix = "DRAMEMORY_";

/** The variable that tells the NUMA nodes of a claim. */
export const nodesKey = "NUMANodes";

/**
 * More than a container has: a claim of one request and one resource has two variables, of 160 characters together. A
 * pod can bring as many as fit into a message of the runtime (4 MiB), and the runtime waits for all containers.
 */
export const maxVariables = 1024, maxTotalLength = 1 << 16;

/** Longer than the longest that is written: 32 shares of a uid, a resource and a request of 63 characters each. */
const maxLength = 2048;
const maxUidLength = 63;

const encoder = new TextEncoder(), decoder = new TextDecoder();
const prefix = encoder.encode(variablePrefix), underscore = "_".charCodeAt(0);
const keyBeginnings = [nodesKey, "memory", "hugepages-"].map((text) => encoder.encode(text));

/**
 * Whether a message can show a variable of this driver, whatever it is and wherever in it: two searches in native code,
 * since a runtime asks for every container of the node, most of which have none. In UTF-8 no part of another character
 * looks like one of the prefix.
 */
export function mentionsVariables(message: Uint8Array): boolean {
  return decoder.decode(message).includes(variablePrefix);
}

/** As {@link hasVariableForm}, for an entry that is text already. */
export function hasForm(entry: string): boolean {
  return entry.length <= maxLength && entry.startsWith(variablePrefix) &&
    hasVariableForm(encoder.encode(entry));
}

/**
 * Whether an environment's entry, the bytes from `start` to `end`, may be a variable of this driver by its length and its
 * name: a uid, then a key that begins as keys do. By looking at a few bytes and without making text of them, since a pod
 * can bring hundreds of thousands of entries.
 */
export function hasVariableForm(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  if (end - start > maxLength || !beginsWith(prefix, bytes, start, end)) return false;
  const uid = start + prefix.length, last = Math.min(end, uid + maxUidLength + 1);
  let key = uid;
  while (key < last && bytes[key] !== underscore) key++;
  if (key === last) return false;
  for (const beginning of keyBeginnings) if (beginsWith(beginning, bytes, key + 1, end)) return true;
  return false;
}

function beginsWith(beginning: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < beginning.length) return false;
  for (let index = 0; index < beginning.length; index++) {
    if (bytes[start + index] !== beginning[index]) return false;
  }
  return true;
}

/** Counts entries that have the form, until they are more than a container can have claims. */
export class VariableCount {
  #count = 0;
  #length = 0;

  /** Adds an entry of that length. */
  add(length: number): void {
    this.#count++;
    this.#length += length;
  }

  get isTooMany(): boolean {
    return this.#count > maxVariables || this.#length > maxTotalLength;
  }
}
