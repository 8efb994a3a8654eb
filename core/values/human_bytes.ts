/** Rounded for reading: `4.1Gi`, `512Mi`, `0`. */
export function humanBytes(bytes: number): string {
  const units = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
  let index = 0, value = bytes;
  for (; value >= 1024 && index < units.length - 1; index++) value /= 1024;
  return `${Number(value.toFixed(1))}${units[index]}`;
}
