import type { ClaimConstraint } from "../cluster/claims.ts";
import { attributeOf, type AttributeValue, type ClusterDevice } from "../cluster/device.ts";
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
  #values: { readonly request: string; readonly value: AttributeValue }[] = [];

  constructor(constraint: ClaimConstraint, driver: string, { distinctForgets }: SchedulerRules) {
    this.#constraint = constraint;
    this.#driver = driver;
    this.#forgets = distinctForgets && constraint.kind === "distinct";
  }

  /** Whether a device may be chosen for a request (and subrequest) beside those that were; if so, it is. */
  add(request: string, subrequest: string | undefined, device: ClusterDevice): boolean {
    if (!this.#concerns(request, subrequest)) return true;
    const value = attributeOf(device, this.#driver, this.#constraint.attribute);
    if (value === undefined) return false;
    const [first] = this.#values;
    const fits = this.#constraint.kind === "match"
      ? first === undefined || same(first.value, value)
      : this.#values.every((other) => value.kind !== "other" && !same(other.value, value));
    if (!fits) return false;
    if (this.#forgets) this.#forget(request);
    this.#values.push({ request, value });
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

function same(a: AttributeValue, b: AttributeValue): boolean {
  return a.kind !== "other" && b.kind !== "other" && a.kind === b.kind && a.value === b.value;
}
