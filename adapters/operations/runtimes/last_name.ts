/** More than any directory has a reason for. */
const maxPrefix = 20;

/**
 * A name for a file of one's own that sorts behind others, as runtimes sort their drop-ins (by bytes): `zz-` before its
 * name, and as many letters more as it takes. Undefined where no such name comes last.
 */
export function lastName(name: string, others: readonly string[]): string | undefined {
  for (let prefix = "zz-"; prefix.length < maxPrefix; prefix = `z${prefix}`) {
    const candidate = prefix + name;
    if (others.every((other) => other <= candidate)) return candidate;
  }
  return undefined;
}
