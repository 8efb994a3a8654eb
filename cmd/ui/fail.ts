/** A command line that makes no sense: printed with a hint at `--help`, exit 2. */
export class UsageError extends Error {
  override name = "UsageError";
}
