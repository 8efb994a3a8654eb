import type { ClaimConstraint } from "../cluster/claims.ts";
import { attributeOf, type AttributeValue, type ClusterDevice, type ScalarValue } from "../cluster/device.ts";
import type { SchedulerRules } from "./scheduler_rules.ts";

/**
 * Follows one `matchAttribute` or `distinctAttribute` through a search: devices are added as they are chosen and
 * removed, the last one first, as the search takes them back.
 */
export class ConstraintState {
  readonly #constraint: ClaimConstraint;
  readonly #driver: string;
  readonly #forgets: boolean;
  /** With the request that each is for. */
  #values: { readonly request: string; readonly values: readonly ScalarValue[] }[] = [];

  constructor(constraint: ClaimConstraint, driver: string, { distinctForgets }: SchedulerRules) {
    this.#constraint = constraint;
    this.#driver = driver;
    this.#forgets = distinctForgets && constraint.kind === "distinct";
  }

  /** Whether a device may be chosen for a request (and subrequest) beside those that were; if so, it is. */
  add(request: string, subrequest: string | undefined, device: ClusterDevice): boolean {
    if (!this.#concerns(request, subrequest)) return true;
    const attribute = attributeOf(device, this.#driver, this.#constraint.attribute);
    if (attribute === undefined) return false;
    const values = valuesOf(attribute), others = this.#values;
    const fits = this.#constraint.kind === "match"
      ? others.length === 0 || values.some((value) => others.every((other) => includes(other.values, value)))
      : others.every((other) =>
        attribute.kind !== "other" && !values.some((value) => includes(other.values, value))
      );
    if (!fits) return false;
    if (this.#forgets) this.#forget(request);
    this.#values.push({ request, values });
    return true;
  }

  remove(request: string, subrequest: string | undefined): void {
    if (!this.#concerns(request, subrequest)) return;
    if (this.#forgets) this.#forget(request);
    else this.#values.pop();
  }

  #forget(request: string): void {
    this.#values = this.#values.filter((other) => other.request !== request);
  }

  #concerns(request: string, subrequest: string | undefined): boolean {
    const { requests } = this.#constraint;
    return requests.length === 0 || requests.includes(request) ||
      subrequest !== undefined && requests.includes(`${request}/${subrequest}`);
  }
}

/** A single value is a list of one: lists match by what they have in common, and are distinct without. */
function valuesOf(attribute: AttributeValue): readonly ScalarValue[] {
  if (attribute.kind === "other") return [];
  return attribute.kind === "list" ? attribute.values : [attribute];
}

function includes(values: readonly ScalarValue[], wanted: ScalarValue): boolean {
  return values.some(({ kind, value }) => kind === wanted.kind && value === wanted.value);
}
