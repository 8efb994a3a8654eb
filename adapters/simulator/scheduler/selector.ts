import type { DeviceAttribute, SliceDevice } from "../../../core/devices/resource_slice.ts";

/** A CEL expression beyond what this stand-in for the scheduler evaluates. */
export class SelectorError extends Error {
  override name = "SelectorError";
}

/**
 * Whether a device satisfies a CEL expression, as far as expressions join these with `&&`:
 *
 *     device.driver == "dra.memory"
 *     device.attributes["resource.kubernetes.io"].numaNode == 1
 *     device.attributes["resource.kubernetes.io"].hugeTLB        (or with ! before it)
 *     device.attributes["dra.memory"].?kind.orValue("dram") == "dram"
 *
 * That covers what `dramemory manifests` prints and what pins a claim to a NUMA node. Throws
 * {@link SelectorError} for the rest of the language.
 */
export function matches(expression: string, driver: string, device: SliceDevice): boolean {
  return expression.split("&&").every((term) => matchesTerm(term.trim(), driver, device));
}

const term =
  /^(!?)device\.(?:(driver)|attributes\["([^"]+)"\]\.(?:(\w+)|\?(\w+)\.orValue\(("[^"]*")\)))(?:\s*==\s*("[^"]*"|-?\d+|true|false))?$/;

function matchesTerm(text: string, driver: string, device: SliceDevice): boolean {
  const match = term.exec(text);
  if (match === null) throw new SelectorError(`Cannot evaluate the selector: ${text}`);
  const [, not, isDriver, domain, required, optional, standard, literal] = match;
  const name = required ?? optional;
  const attribute = device.attributes[`${domain}/${name}`] ??
    (domain === driver ? device.attributes[`${name}`] : undefined);
  const missing: unknown = standard === undefined ? undefined : JSON.parse(standard);
  const actual = isDriver === undefined ? attribute === undefined ? missing : valueOf(attribute) : driver;
  const wanted: unknown = literal === undefined ? not === "" : JSON.parse(literal);
  return actual === wanted;
}

function valueOf(attribute: DeviceAttribute): number | string | boolean | readonly number[] {
  if ("int" in attribute) return attribute.int;
  if ("ints" in attribute) return attribute.ints;
  return "string" in attribute ? attribute.string : attribute.bool;
}
