/** A request as the server logs it. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * How the server misbehaves: an error (`plain` for one that is no `Status` object, as for an API that is not
 * served), a success whose body is that text, no answer at all until it stops, or a connection that breaks.
 */
export type Fault =
  | { readonly status: number; readonly retryAfterSeconds?: number; readonly plain?: boolean }
  | { readonly body: string }
  | "hang"
  | "close";

/** Chooses what goes wrong with a request; undefined lets it be answered. */
export type Faults = (request: LoggedRequest) => Fault | undefined;

/** An answer that ends long before its announced length, which HTTP clients see as a broken connection. */
export function brokenResponse(): Response {
  return new Response("{", { headers: { "content-type": "application/json", "content-length": "1000" } });
}

const reasons = new Map([
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [409, "Conflict"],
  [410, "Expired"],
  [429, "TooManyRequests"],
  [500, "InternalError"],
  [503, "ServiceUnavailable"],
]);

/** What the API server calls an HTTP status. */
export function reasonOf(status: number): string {
  return reasons.get(status) ?? "Unknown";
}
