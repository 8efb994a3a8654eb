import { parseArgs, type ParseArgsConfig } from "node:util";

/**
 * Reads a task's command line by {@link parseArgs}, which `--help` is added to: that prints how the task is used, and ends
 * it. A command line that makes no sense ends it as well, with 2 and the same behind what is wrong.
 */
export function taskOptions<T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const { args = Deno.args } = config;
  if (args.includes("--help") || args.includes("-h")) {
    console.log(`Usage: ${usage}`);
    Deno.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    if (!isUsageError(error)) throw error;
    console.error(`${error.message}\nUsage: ${usage}`);
    Deno.exit(2);
  }
}

/** Whether it is what {@link parseArgs} throws for a command line. */
function isUsageError(error: unknown): error is TypeError {
  return error instanceof TypeError && "code" in error && `${error.code}`.startsWith("ERR_PARSE_ARGS");
}
