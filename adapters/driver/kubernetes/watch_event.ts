import * as v from "valibot";
import { ApiStatusError, MalformedAnswerError } from "./api_error.ts";

const event = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant("type", [
    v.object({
      type: v.picklist(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]),
      object: v.object({ metadata: v.object({ resourceVersion: v.string() }) }),
    }),
    v.object({
      type: v.literal("ERROR"),
      object: v.object({
        code: v.optional(v.number(), 500),
        reason: v.optional(v.string(), ""),
        message: v.optional(v.string(), ""),
      }),
    }),
  ]),
);

/** One line of a watch, as far as it matters here. */
export interface WatchEvent {
  /** Whether an object changed; a bookmark tells the version alone. */
  readonly isChange: boolean;
  readonly resourceVersion: string;
}

/**
 * Reads a line of a watch. Throws `ApiStatusError` for an error that the server reports in it, such as 410 for
 * a version that it has forgotten, and `MalformedAnswerError`.
 */
export function parseWatchEvent(line: string): WatchEvent {
  const { success, output, issues } = v.safeParse(event, line);
  if (!success) throw new MalformedAnswerError(`Cannot read a watch event: ${v.summarize(issues)}`);
  if (output.type === "ERROR") {
    const { code, reason, message } = output.object;
    throw new ApiStatusError(code, reason, message, undefined);
  }
  return { isChange: output.type !== "BOOKMARK", resourceVersion: output.object.metadata.resourceVersion };
}
