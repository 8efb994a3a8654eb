import { type Environment, EvaluationError } from "@marcbachmann/cel-js";
import { RE2JS, RE2JSException } from "re2js";

/** What stands in for the language's `matches`, whose patterns are RE2's and not those of this platform. */
export const patternMatch = "matchesPattern";

/** Adds {@link patternMatch}. */
export function addPatterns(environment: Environment): void {
  const compiled = new Map<string, RE2JS>();
  environment.registerFunction(`string.${patternMatch}(string): bool`, (text: string, pattern: string) => {
    try {
      const known = compiled.get(pattern) ?? RE2JS.compile(pattern);
      compiled.set(pattern, known);
      return known.matcher(text).find();
    } catch (error) {
      if (!(error instanceof RE2JSException)) throw error;
      throw new EvaluationError(error.message);
    }
  });
}
