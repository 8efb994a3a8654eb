import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";

/** The API server answered that it will not do what it was asked. */
export class ApiStatusError extends Error {
  override name = "ApiStatusError";
  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** `Status.reason`, such as `NotFound`; empty when the answer was no Status object. */
    readonly reason: string,
    message: string,
    /** How long the server wants to be left alone, if it says so. */
    readonly retryAfterMilliseconds: number | undefined,
  ) {
    super(message);
  }
}

/** No answer came: no connection, no trust, no credentials, or no time left. */
export class ApiUnreachableError extends Error {
  override name = "ApiUnreachableError";
}

/** The API server answered something that is not what its API says. */
export class MalformedAnswerError extends ClusterUnavailableError {
  override name = "MalformedAnswerError";
}

/** Whether the same request can succeed a little later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiStatusError) return error.status === 429 || error.status >= 500;
  return error instanceof ApiUnreachableError;
}

/** A server that wants to be left alone for longer is asked again all the same: it may have meant somebody else. */
const longestLeaveMilliseconds = 60_000;

/** For how long the API server wants to be left alone after an error (`Retry-After`), a minute at most; 0 if it does not say. */
export function leaveMilliseconds(error: unknown): number {
  if (error instanceof ApiStatusError) {
    return Math.min(error.retryAfterMilliseconds ?? 0, longestLeaveMilliseconds);
  }
  return error instanceof Error ? leaveMilliseconds(error.cause) : 0;
}

/** Whether the API server says that there is no such object, as opposed to no such API. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiStatusError && error.status === 404 && error.reason === "NotFound";
}

/**
 * Says that the cluster could not be asked: what could not be done, why, and what to do about it. An error that
 * says so already stays as it is.
 */
export function clusterUnavailable(task: string, error: unknown): ClusterUnavailableError {
  if (error instanceof ClusterUnavailableError) return error;
  return new ClusterUnavailableError(`Cannot ${task}: ${explain(error)}${remedy(error)}`, { cause: error });
}

/** The message of an error with those of its causes: newer versions of Deno's fetch say why only there. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const why = error.cause instanceof Error ? `${error.message}: ${explain(error.cause)}` : error.message;
  return why.replace(/fetch failed: error sending request for url \([^)]*\): /, "");
}

function remedy(error: unknown): string {
  if (!(error instanceof ApiStatusError)) return certificateRemedy(explain(error));
  switch (error.status) {
    case 401:
      return " (the cluster does not know these credentials: renew the token or certificate)";
    case 403:
      return " (bind the ClusterRole that `deploy/` has to this user)";
    case 404:
      return error.reason === "" ? " (resource.k8s.io/v1 is not served: needs Kubernetes 1.34 or newer)" : "";
    default:
      return "";
  }
}

/** What helps against what Deno's TLS (rustls, webpki) has against the API server's certificate, by its own names. */
function certificateRemedy(reason: string): string {
  if (reason.includes("CaUsedAsEndEntity")) {
    return " (the API server's certificate is one of an authority: give it one that the authority has signed)";
  }
  if (reason.includes("UnknownIssuer")) {
    return " (the API server's certificate is of another authority than the one that is trusted for it)";
  }
  if (reason.includes("NotValidForName")) {
    return " (the API server's certificate is for other names: use one of them as the server's address)";
  }
  return /certificate: (?:Expired|NotValidYet)/.test(reason)
    ? " (the API server's certificate is not valid now: is the clock right?)"
    : "";
}
