/** More than any directory has a reason for. */
const maxPrefix = 20;

/**
 * A name for a file of one's own that sorts behind others, as runtimes sort their drop-ins (by bytes), and behind what
 * is likely to come later (`99-nvidia.toml`): `zz-` before its name, and as many letters more as it takes. Where no such
 * name comes last it is the first of them.
 */
export function lastName(name: string, others: readonly string[]): string {
  const first = `zz-${name}`;
  for (let candidate = first; candidate.length < name.length + maxPrefix; candidate = `z${candidate}`) {
    if (others.every((other) => other <= candidate)) return candidate;
  }
  return first;
}
