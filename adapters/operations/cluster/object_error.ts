import * as v from "valibot";
import { fieldMistake } from "../../shared/schemas/field_mistake.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** An object of the cluster, or of a file, that is not as its API says. */
export class ClusterObjectError extends OperatorError {
  override name = "ClusterObjectError";
}

/** Reads an object by a schema. Throws {@link ClusterObjectError}, which names the kind and the field. */
export function readAs<T>(kind: string, schema: v.GenericSchema<unknown, T>, object: unknown): T {
  const { success, output, issues } = v.safeParse(schema, object);
  if (success) return output;
  throw new ClusterObjectError(`Cannot read a ${kind}: ${fieldMistake(issues[0])}`);
}
