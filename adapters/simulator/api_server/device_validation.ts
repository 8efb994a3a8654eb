import { validateCapacity } from "./capacity_validation.ts";
import { dnsLabel, isDnsSubdomain } from "./names.ts";
import type { SpecDevice } from "./slice_schema.ts";
import type { FieldProblem } from "./status.ts";

const maxAttributesAndCapacities = 32;
const maxTextLength = 64;
const semanticVersion = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** What is wrong with a device of a ResourceSlice. */
export function validateDevice(device: SpecDevice, field: string): FieldProblem[] {
  const { name, attributes, capacity, allowMultipleAllocations } = device;
  const problems: FieldProblem[] = [];
  if (!dnsLabel.test(name)) {
    problems.push({ field: `${field}.name`, message: `must be a DNS label: ${name}` });
  }
  const count = Object.keys(attributes).length + Object.keys(capacity).length;
  if (count > maxAttributesAndCapacities) {
    const message = `must have at most ${maxAttributesAndCapacities} attributes and capacities, not ${count}`;
    problems.push({ field, message });
  }
  for (const [key, value] of Object.entries(attributes)) {
    problems.push(...validateAttribute(key, value, `${field}.attributes[${key}]`));
  }
  for (const [key, value] of Object.entries(capacity)) {
    const at = `${field}.capacity[${key}]`;
    problems.push(...validateKey(key, at), ...validateCapacity(value, allowMultipleAllocations === true, at));
  }
  return problems;
}

function validateAttribute(
  key: string,
  attribute: Readonly<Record<string, unknown>>,
  field: string,
): FieldProblem[] {
  const problems = validateKey(key, field);
  const [kind, ...others] = Object.keys(attribute);
  if (kind === undefined || others.length > 0 || !["int", "bool", "string", "version"].includes(kind)) {
    problems.push({ field, message: "exactly one of int, bool, string and version must be there" });
  } else if (!isAttributeValue(kind, attribute[kind])) {
    problems.push({ field: `${field}.${kind}`, message: `cannot be ${JSON.stringify(attribute[kind])}` });
  }
  return problems;
}

function isAttributeValue(kind: string, value: unknown): boolean {
  if (kind === "int") return Number.isInteger(value);
  if (kind === "bool") return typeof value === "boolean";
  if (typeof value !== "string" || value.length > maxTextLength) return false;
  return kind === "string" || semanticVersion.test(value);
}

/** A C identifier, which may have a domain before it. */
function validateKey(key: string, field: string): FieldProblem[] {
  const [id = "", domain, ...rest] = key.split("/").reverse();
  const valid = rest.length === 0 && /^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(id) &&
    (domain === undefined || isDnsSubdomain(domain, 63));
  return valid
    ? []
    : [{ field, message: "must be a C identifier of at most 32 characters after its domain" }];
}
