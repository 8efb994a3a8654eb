import type { ApiObject, SubmittedObject } from "./api_object.ts";
import { validateSlice } from "./slice_validation.ts";
import type { FieldProblem } from "./status.ts";

/** A kind of object that the server keeps. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Its name in paths. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Whether the status is written by a path of its own. */
  readonly hasStatus: boolean;
  /** What field selectors may name. */
  readonly selectable: readonly string[];
  readonly validate?: (object: SubmittedObject, former: ApiObject | undefined) => FieldProblem[];
}

export const resourceSlices: Resource = {
  group: "resource.k8s.io",
  version: "v1",
  plural: "resourceslices",
  kind: "ResourceSlice",
  namespaced: false,
  hasStatus: false,
  selectable: ["metadata.name", "spec.driver", "spec.nodeName"],
  validate: validateSlice,
};

export const deviceClasses: Resource = {
  group: "resource.k8s.io",
  version: "v1",
  plural: "deviceclasses",
  kind: "DeviceClass",
  namespaced: false,
  hasStatus: false,
  selectable: ["metadata.name"],
};

export const resourceClaims: Resource = {
  group: "resource.k8s.io",
  version: "v1",
  plural: "resourceclaims",
  kind: "ResourceClaim",
  namespaced: true,
  hasStatus: true,
  selectable: ["metadata.name"],
};

export const nodes: Resource = {
  group: "",
  version: "v1",
  plural: "nodes",
  kind: "Node",
  namespaced: false,
  hasStatus: true,
  selectable: ["metadata.name"],
};

export const pods: Resource = {
  group: "",
  version: "v1",
  plural: "pods",
  kind: "Pod",
  namespaced: true,
  hasStatus: true,
  selectable: ["metadata.name", "spec.nodeName"],
};

export const resources: readonly Resource[] = [resourceSlices, deviceClasses, resourceClaims, nodes, pods];

/** `v1`, `resource.k8s.io/v1`. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The resource as errors name it: `pods`, `resourceclaims.resource.k8s.io`. */
export function qualifiedName({ group, plural }: Resource): string {
  return group === "" ? plural : `${plural}.${group}`;
}
