import * as v from "valibot";
import { ApiStatusError } from "./api_error.ts";

const status = v.object({
  kind: v.literal("Status"),
  message: v.optional(v.string(), ""),
  reason: v.optional(v.string(), ""),
});

/** Reads an answer outside of the two hundreds, whose body is a `Status` object if the API server wrote it. */
export function statusError(code: number, headers: Headers, body: string): ApiStatusError {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), status), body);
  const { message, reason } = success ? output : { message: "", reason: "" };
  return new ApiStatusError(
    code,
    reason,
    message === "" ? `HTTP status ${code}` : `${message} (HTTP status ${code})`,
    retryAfter(headers.get("retry-after")),
  );
}

/** `Retry-After` in milliseconds, if it is given in seconds, as API servers do. */
function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}
