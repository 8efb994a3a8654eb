/**
 * Something that whoever operates the node or the cluster can do something about. The message says what could not be done,
 * why, and the remedy; it is printed as it is, without a stack, and the command ends with 1.
 */
export class OperatorError extends Error {
  override name = "OperatorError";
}
