/** A job that failed for a reason a person can do something about: printed without a stack, exit 1. */
export class JobError extends Error {
  override name = "JobError";
}

/** A command line that makes no sense: printed with a hint at `--help`, exit 2. */
export class UsageError extends Error {
  override name = "UsageError";
}
