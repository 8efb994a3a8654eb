import type { ClaimSpec } from "../../../core/operations/cluster/claims.ts";
import { quoted } from "../../../core/values/quoted.ts";

/**
 * The fields of an object by their names, or of the entries of a list where that is what it is: what is in them, or the
 * values that there are. Undefined for any.
 */
interface Fields {
  readonly [name: string]: Fields | readonly string[] | undefined;
}

const selectors: Fields = { cel: { expression: undefined } };
const tolerations: Fields = {
  key: undefined,
  operator: ["Exists", "Equal"],
  value: undefined,
  effect: ["NoSchedule", "NoExecute"],
  tolerationSeconds: undefined,
};
const subrequest: Fields = {
  deviceClassName: undefined,
  selectors,
  allocationMode: ["ExactCount", "All"],
  count: undefined,
  capacity: { requests: undefined },
  derivedAttributes: undefined,
  tolerations,
};

/** `ResourceClaimSpec` of resource.k8s.io/v1 in Kubernetes 1.38. */
const claimSpec: Fields = {
  devices: {
    requests: {
      name: undefined,
      exactly: { ...subrequest, adminAccess: undefined },
      firstAvailable: { name: undefined, ...subrequest },
    },
    constraints: { requests: undefined, matchAttribute: undefined, distinctAttribute: undefined },
    config: { requests: undefined, opaque: { driver: undefined, parameters: undefined } },
  },
};

/**
 * What of a claim in a file the API server would refuse, as far as people get it wrong: fields and values that there are
 * not, names that come twice, constraints on and configuration of requests that are not there. `written` is the spec as
 * it stands there.
 */
export function claimProblems(written: unknown, { requests, constraints, configs }: ClaimSpec): string[] {
  const names = requests.map(({ name }) => name);
  const named = new Set(requests.flatMap(({ name, alternatives }) => [
    name,
    ...alternatives.flatMap((ask) => ask.name === undefined ? [] : [`${name}/${ask.name}`]),
  ]));
  return [
    ...fieldProblems(written, claimSpec, "spec"),
    ...new Set(
      names.filter((name, index) => names.indexOf(name) < index).map((name) =>
        `two requests are called ${name}`
      ),
    ),
    ...constraints.flatMap((constraint) => [
      ...constraint.requests.filter((name) => !named.has(name)).map((name) =>
        `a constraint names the request ${name}, which there is not`
      ),
      ...(constraint.attribute.includes("/")
        ? []
        : [`the attribute ${quoted(constraint.attribute)} of a constraint has no domain`]),
    ]),
    ...configs.flatMap((config) =>
      config.requests.filter((name) => !named.has(name)).map((name) =>
        `a configuration names the request ${name}, which there is not`
      )
    ),
  ];
}

function fieldProblems(value: unknown, known: Fields, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => fieldProblems(each, known, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${path}.${name}`;
    if (!Object.hasOwn(known, name)) return [`there is no field ${at}`];
    const fields = known[name];
    if (fields === undefined) return [];
    if (!isValues(fields)) return fieldProblems(inner, fields, at);
    return typeof inner === "string" && !fields.includes(inner)
      ? [`${at} is ${quoted(inner)}, and can be ${fields.join(" or ")}`]
      : [];
  });
}

function isValues(fields: Fields | readonly string[]): fields is readonly string[] {
  return Array.isArray(fields);
}
