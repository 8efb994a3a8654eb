import { ImageError } from "./image_error.ts";

/** Runs a task to its end, which is 1 when the image cannot be made. */
export async function runTask(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
