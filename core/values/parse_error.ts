/** A text, or a number, is not what it is to be read as. The message says what it is, and what would be right. */
export class ParseError extends Error {
  override name = "ParseError";
}
