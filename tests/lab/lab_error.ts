/** The lab cannot be run as asked; the message says why and what to do. */
export class LabError extends Error {
  override name = "LabError";
}
