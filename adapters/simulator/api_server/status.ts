/** One field of an object that is not as it must be. */
export interface FieldProblem {
  /** Its path, such as `spec.devices[0].name`. */
  readonly field: string;
  readonly message: string;
}

/** An error as the API server answers it: the HTTP status and a `Status` object (meta/v1). */
export class StatusError extends Error {
  override name = "StatusError";
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly causes: readonly FieldProblem[] = [],
  ) {
    super(message);
  }
}

export function notFound(resource: string, name: string): StatusError {
  return new StatusError(404, "NotFound", `${resource} "${name}" not found`);
}

export function conflict(resource: string, name: string): StatusError {
  return new StatusError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${resource} "${name}": the object has changed, read it again`,
  );
}

export function invalid(kind: string, name: string, problems: readonly FieldProblem[]): StatusError {
  const list = problems.map(({ field, message }) => `${field}: ${message}`).join(", ");
  return new StatusError(422, "Invalid", `${kind} "${name}" is invalid: ${list}`, problems);
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

/** The history that a watch or list asked for is gone. */
export function expired(version: string): StatusError {
  return new StatusError(410, "Expired", `too old resource version: ${version}`);
}

/** The `Status` object of an error. */
export function statusObject({ code, reason, message, causes }: StatusError) {
  const details = causes.length === 0
    ? {}
    : { details: { causes: causes.map((cause) => ({ reason: "FieldValueInvalid", ...cause })) } };
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    code,
    ...details,
  };
}
