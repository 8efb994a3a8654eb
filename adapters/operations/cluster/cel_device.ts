import type { AttributeValue, ClusterDevice } from "../../../core/operations/cluster/device.ts";
import { formatQuantity } from "../../../core/values/quantity.ts";
import { CelQuantity } from "./cel_quantity.ts";
import { CelVersion } from "./cel_version.ts";

/** A device as selectors see it. */
export class CelDevice {
  constructor(
    readonly driver: string,
    readonly allowMultipleAllocations: boolean,
    /** By domain, where names without one are the driver's. A domain that the device has nothing of is empty, not missing. */
    readonly attributes: Readonly<Record<string, unknown>>,
    readonly capacity: Readonly<Record<string, unknown>>,
  ) {}
}

/** The fields of a {@link CelDevice} as the language's types, so that an attribute without its domain does not compile. */
export const deviceFields = {
  driver: "string",
  allowMultipleAllocations: "bool",
  attributes: "map<string, map<string, dyn>>",
  capacity: "map<string, map<string, Quantity>>",
} as const;

/** What selectors are evaluated with. */
export interface CelContext {
  readonly device: CelDevice;
  /** Attributes and capacities with the domains that the device has: `in` finds no others, though an index does. */
  readonly presentDomains: Readonly<Record<string, unknown>>;
}

/** See {@link CelContext}. */
export function celContext(device: ClusterDevice, driver: string): CelContext {
  const attributes = byDomain(device.attributes, driver, celValue);
  const capacity = byDomain(device.capacity, driver, ({ value }) => CelQuantity.parse(formatQuantity(value)));
  return {
    device: new CelDevice(
      driver,
      device.shared,
      new Proxy(attributes, emptyUnlessThere),
      new Proxy(capacity, emptyUnlessThere),
    ),
    presentDomains: { attributes, capacity },
  };
}

function celValue(attribute: AttributeValue): unknown {
  switch (attribute.kind) {
    case "version":
      return CelVersion.read(attribute.value);
    case "list":
      return attribute.values.map(celValue);
    case "other":
      return null;
    default:
      return attribute.value;
  }
}

function byDomain<T>(
  values: Readonly<Record<string, T>>,
  driver: string,
  convert: (value: T) => unknown,
): Record<string, Record<string, unknown>> {
  const domains: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(values)) {
    const slash = name.indexOf("/");
    const domain = slash < 0 ? driver : name.slice(0, slash);
    domains[domain] = { ...domains[domain], [name.slice(slash + 1)]: convert(value) };
  }
  return domains;
}

const nothing = { value: {}, writable: true, enumerable: true, configurable: true };

/** What the evaluator looks a key up with: whether it is there, and its value. */
const emptyUnlessThere: ProxyHandler<Record<string, Record<string, unknown>>> = {
  get: (domains, key, receiver) =>
    key === "constructor" || Object.hasOwn(domains, key) || typeof key === "symbol"
      ? Reflect.get(domains, key, receiver)
      : nothing.value,
  getOwnPropertyDescriptor: (domains, key) => Reflect.getOwnPropertyDescriptor(domains, key) ?? nothing,
};
