import { type ASTNode, type Environment, EvaluationError } from "@marcbachmann/cel-js";

/**
 * Makes a type of Kubernetes' own compare to values of others as there: its `Equal` errs, and for cel-go what errs is not
 * equal. So `version == "1.2.3"` errs, while `version != "1.2.3"` is true, whatever the version is.
 */
export function differFromOthers(environment: Environment, type: string): void {
  for (const other of ["string", "int", "uint", "double", "bool", "list", "map"]) {
    // The library makes `!=` of it as well, and both with the sides changed.
    environment.registerOperator(`${type} == ${other}`, (...[, , node]: [unknown, unknown, ASTNode?]) => {
      if (node?.op === "!=") return false;
      throw new EvaluationError(`no such overload: ${type} == ${other}`);
    });
  }
}
