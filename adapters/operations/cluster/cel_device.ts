import type { AttributeValue, ClusterDevice } from "../../../core/operations/cluster/device.ts";
import { CelQuantity } from "./cel_quantity.ts";
import { CelVersion } from "./cel_version.ts";

/**
 * A device as selectors see it: `driver`, `allowMultipleAllocations`, and attributes and capacities by domain, where
 * names without one are the driver's. A domain that the device has nothing of is empty, not missing.
 */
export function celDevice(device: ClusterDevice, driver: string): Record<string, unknown> {
  const attributes = byDomain(device.attributes, driver, celValue);
  const capacity = byDomain(device.capacity, driver, ({ value }) => new CelQuantity(value * 10n ** 9n));
  return { driver, allowMultipleAllocations: device.shared, attributes, capacity };
}

function celValue(attribute: AttributeValue): unknown {
  switch (attribute.kind) {
    case "version":
      return CelVersion.parse(attribute.value);
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
  return new Proxy(domains, emptyUnlessThere);
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
