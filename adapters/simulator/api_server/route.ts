import { type Resource, resources } from "./resources.ts";

/** What a path of the API names. */
export interface Route {
  readonly resource: Resource;
  /** Undefined for resources without namespaces, and for all namespaces at once. */
  readonly namespace: string | undefined;
  /** Undefined for the collection. */
  readonly name: string | undefined;
  readonly status: boolean;
}

/** Understands `/apis/resource.k8s.io/v1/namespaces/team/resourceclaims/a/status` and the like. */
export function parseRoute(path: string): Route | undefined {
  const [root, ...segments] = path.split("/").slice(1);
  const group = root === "apis" ? segments.shift() : root === "api" ? "" : undefined;
  const version = segments.shift();
  const namespace = segments[0] === "namespaces" ? segments.splice(0, 2)[1] : undefined;
  const [plural, name, subresource, ...rest] = segments;
  const resource = resources.find((candidate) =>
    candidate.group === group && candidate.version === version && candidate.plural === plural
  );
  if (resource === undefined || rest.length > 0) return undefined;
  const namespaceFits = resource.namespaced ? namespace !== undefined || name === undefined : !namespace;
  const status = subresource === "status" && resource.hasStatus;
  if (!namespaceFits || (subresource !== undefined && !status)) return undefined;
  return { resource, namespace, name, status };
}
