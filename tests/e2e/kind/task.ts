import { KindError, requireTools } from "./tools.ts";

/** Runs a task that takes kind and Docker; without them, and where it fails otherwise, it says so and exits with 1. */
export async function kindTask(run: () => Promise<void>): Promise<void> {
  try {
    await requireTools();
    await run();
  } catch (error) {
    if (!(error instanceof KindError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
