/** The fields of an object, by their names; those of the entries of a list, where that is what it is. Undefined: any. */
interface Fields {
  readonly [name: string]: Fields | undefined;
}

const selectors: Fields = { cel: { expression: undefined } };
const tolerations: Fields = {
  key: undefined,
  operator: undefined,
  value: undefined,
  effect: undefined,
  tolerationSeconds: undefined,
};
const subrequest: Fields = {
  deviceClassName: undefined,
  selectors,
  allocationMode: undefined,
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

/** The paths of fields that the spec of a claim cannot have, as somebody wrote it in a file. */
export function unknownClaimFields(spec: unknown): string[] {
  return unknownFields(spec, claimSpec, "spec");
}

function unknownFields(value: unknown, known: Fields, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => unknownFields(each, known, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${path}.${name}`;
    if (!Object.hasOwn(known, name)) return [at];
    const fields = known[name];
    return fields === undefined ? [] : unknownFields(inner, fields, at);
  });
}
