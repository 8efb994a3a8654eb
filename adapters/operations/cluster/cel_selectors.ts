import { type ASTNode, Environment, EvaluationError } from "@marcbachmann/cel-js";
import type { SelectorEvaluator, SelectorVerdict } from "../../../core/operations/explain/selectors.ts";
import type { ClusterDevice } from "../../../core/operations/cluster/device.ts";
import { driverName } from "../../../core/values/driver.ts";
import { type CelContext, celContext, CelDevice, deviceFields } from "./cel_device.ts";
import { addPatterns, patternMatch } from "./cel_pattern.ts";
import { addQuantities } from "./cel_quantity.ts";
import { addVersions } from "./cel_version.ts";

type Compiled = ((context: CelContext) => unknown) | {
  readonly kind: "unknown";
  readonly why: string;
};

/**
 * Evaluates selectors as the scheduler does: the language with its macros, `cel.bind` and optional values, and of
 * Kubernetes' own libraries those for quantities and versions, which attributes and capacities are made of.
 *
 * The API server has checked every expression that it holds. One that does not compile here uses another library
 * (sets, lists, IP addresses …) and is unknown; what errs while it runs would err in the scheduler too.
 */
export class CelSelectors implements SelectorEvaluator {
  readonly #environment = environment();
  readonly #compiled = new Map<string, Compiled>();
  readonly #contexts = new WeakMap<ClusterDevice, CelContext>();
  readonly #verdicts = new WeakMap<ClusterDevice, Map<string, SelectorVerdict>>();

  evaluate(expression: string, device: ClusterDevice): SelectorVerdict {
    const known = this.#verdicts.get(device) ?? new Map<string, SelectorVerdict>();
    this.#verdicts.set(device, known);
    const verdict = known.get(expression) ?? this.#evaluate(expression, device);
    known.set(expression, verdict);
    return verdict;
  }

  #evaluate(expression: string, device: ClusterDevice): SelectorVerdict {
    const compiled = this.#compiled.get(expression) ?? this.#compile(expression);
    this.#compiled.set(expression, compiled);
    if (typeof compiled !== "function") return compiled;
    const context = this.#contexts.get(device) ?? celContext(device, driverName);
    this.#contexts.set(device, context);
    try {
      const result = compiled(context);
      if (typeof result === "boolean") return result;
      return { kind: "errs", why: `the selector ${expression} is no condition: it gives a ${typeof result}` };
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return { kind: "errs", why: `the selector ${expression} errs on ${device.name}: ${error.summary}` };
    }
  }

  #compile(expression: string): Compiled {
    const unknown = (why: string): Compiled => (
      { kind: "unknown", why: `the selector ${expression} cannot be evaluated here: ${why}` }
    );
    try {
      const parsed = this.#environment.parse(translated(expression));
      const { valid, error } = parsed.check();
      return valid ? parsed : unknown(error?.summary ?? "it does not compile");
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return unknown("summary" in error ? String(error.summary) : error.message);
    }
  }
}

function environment(): Environment {
  const environment = new Environment({ enableOptionalTypes: true });
  addQuantities(environment);
  environment
    .registerType("DRADevice", { ctor: CelDevice, fields: deviceFields })
    .registerVariable("device", "DRADevice")
    .registerVariable(presentDomains, "map")
    .registerFunction(`${presence}(ast): bool`, hasField)
    .registerFunction(
      "string.replace(string, string): string",
      (text: string, from: string, to: string) => text.replaceAll(from, to),
    )
    .registerFunction(
      "dyn.includes(dyn): bool",
      (values: unknown, wanted: unknown) =>
        Array.isArray(values) ? values.includes(wanted) : values === wanted,
    );
  addVersions(environment);
  addPatterns(environment);
  return environment;
}

/** The library's `has` takes names alone: not `has(device.attributes["a"].b)`, the way it is used with devices. */
const presence = "hasField";
/** See {@link CelContext}. */
const presentDomains = "presentDomains" satisfies keyof CelContext;

/**
 * An expression in the library's terms, but for where these letters stand in a text: `has` is {@link presence}, `matches`
 * {@link patternMatch}, and `"a.example" in device.attributes` asks {@link presentDomains}.
 */
function translated(expression: string): string {
  return expression.replace(
    /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?<![\w.])has(?=\s*\()|(?<=\.)matches(?=\s*\()|(?<=\bin\s+)device(?=\.(?:attributes|capacity)\b(?!\s*[[.?]))/g,
    (word, text?: string) => text ?? translations[word] ?? word,
  );
}

const translations: Readonly<Record<string, string>> = {
  has: presence,
  matches: patternMatch,
  device: presentDomains,
};

interface MacroCall {
  readonly args: readonly ASTNode[];
}
// deno-lint-ignore no-explicit-any -- the library gives its checker and evaluator no types
type Internal = any;

function hasField({ args: [node] }: MacroCall) {
  const field = () => {
    if (node?.op !== "." && node?.op !== ".?") throw new Error("has() takes a field, as in has(a.b)");
    return node.args as [ASTNode, string];
  };
  const [object, name] = field();
  return {
    typeCheck(checker: Internal, _: unknown, context: unknown) {
      checker.check(object, context);
      return checker.getType("bool");
    },
    evaluate(evaluator: Internal, _: unknown, context: unknown): boolean {
      const value = evaluator.run(object, context);
      return evaluator.debugType(value).fieldLazy(value, name, node, evaluator) !== undefined;
    },
  };
}
