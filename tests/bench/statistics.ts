/** The value below which a share of all values lies (nearest rank): 0.5 for the median. Throws for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new RangeError("Cannot tell a quantile of no values");
  return found;
}

/** The middle value. Throws for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
