import { InvalidArgumentError } from "commander";

/** Reads a time in seconds, from one of them to a day. Throws {@link InvalidArgumentError}. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 1 && value <= 86_400) return value;
  throw new InvalidArgumentError("A number of seconds from 1 to 86400 is wanted.");
}
