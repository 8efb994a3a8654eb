import { SliceConflictError } from "../../../../core/ports/slice_repository.ts";
import type { apiOperations } from "./labels.ts";
import type { DriverMetrics } from "./table.ts";

/** Passes on what a request to the API server comes to, and counts it when it fails. */
export async function countingErrors<T>(
  { apiErrors }: DriverMetrics,
  operation: typeof apiOperations[number],
  request: Promise<T>,
): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const problem = error instanceof SliceConflictError ? "conflict" : "unavailable";
    apiErrors.of({ operation, problem }).add();
    throw error;
  }
}
