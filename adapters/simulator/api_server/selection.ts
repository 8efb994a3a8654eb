import { type ApiObject, fieldAt } from "./api_object.ts";
import type { Resource } from "./resources.ts";
import { badRequest } from "./status.ts";

/** Which objects of a resource a request is about. */
export type Selection = (object: ApiObject) => boolean;

/**
 * Reads a field selector of the form `spec.nodeName=a,spec.driver=b` and narrows it to a namespace. Throws
 * `StatusError` 400 for fields that the resource cannot be selected by.
 */
export function parseSelection(
  { selectable, kind }: Resource,
  fieldSelector: string | null,
  namespace: string | undefined,
): Selection {
  const terms = (fieldSelector ?? "").split(",").filter((term) => term !== "").map((term) => {
    const [, field = "", value = ""] = /^([\w.]+)==?([^=]*)$/.exec(term) ?? [];
    if (!selectable.includes(field)) throw badRequest(`field selector not supported for ${kind}: ${term}`);
    return { field, value };
  });
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    terms.every(({ field, value }) => (fieldAt(object, field) ?? "") === value);
}
