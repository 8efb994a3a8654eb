// deno-lint-ignore no-explicit-any -- objects of the API, as somebody writes them down
export type ApiObject = any;

const image = Deno.env.get("E2E_WORKLOAD_IMAGE") ?? "dramemory-workload:0.1.0";
const mebibyte = 2 ** 20;

/** A request for an amount of a class. */
export function request(name: string, className: string, size: string, rest: ApiObject = {}): ApiObject {
  return {
    name,
    exactly: { deviceClassName: `dra.${className}`, capacity: { requests: { size } }, ...rest },
  };
}

/** A selector of one NUMA node. */
export function onNumaNode(numaNode: number): ApiObject {
  return selecting(`device.attributes["resource.kubernetes.io"].numaNode == ${numaNode}`);
}

/** A selector by an expression. */
export function selecting(expression: string): ApiObject {
  return { selectors: [{ cel: { expression } }] };
}

/** A claim of some requests; `devices` has more to it, such as constraints. */
export function claim(name: string, requests: ApiObject[], devices: ApiObject = {}): ApiObject {
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: { name },
    spec: { devices: { requests, ...devices } },
  };
}

/** A template for such claims. */
export function template(name: string, requests: ApiObject[]): ApiObject {
  const { spec } = claim(name, requests);
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaimTemplate",
    metadata: { name },
    spec: { spec },
  };
}

/** A container that uses claims of its pod by their names there. */
export function container(name: string, claims: readonly string[], resources: ApiObject = {}): ApiObject {
  return {
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    args: ["--bytes", `${2 * mebibyte}`, "--hugepages", "2m", "--hold"],
    resources: { claims: claims.map((name) => ({ name })), ...resources },
  };
}

/** A pod whose container uses one claim, which it calls `c`: the ResourceClaim of this name unless told otherwise. */
export function pod(
  name: string,
  spec: ApiObject = {},
  source: ApiObject = { resourceClaimName: "c" },
): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      containers: [container("main", ["c"])],
      resourceClaims: [{ name: "c", ...source }],
      ...spec,
    },
  };
}

/** A claim and the pod that holds it. */
export function holder(name: string, requests: ApiObject[]): ApiObject[] {
  return [claim(name, requests), pod(name, {}, { resourceClaimName: name })];
}
