import { isUsageError } from "../task_options.ts";
import { ImageError } from "./image_error.ts";

/** Runs a task to its end: 2 for a command line that makes no sense, 1 when the image cannot be made. */
export async function runTask(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    const usage = isUsageError(error);
    if (!usage && !(error instanceof ImageError)) throw error;
    console.error(error.message);
    Deno.exit(usage ? 2 : 1);
  }
}
