import { devicesOf } from "../../../../core/devices/device.ts";
import { deviceClasses } from "../../../../core/devices/device_class.ts";
import { poolsOf, slicesOf } from "../../../../core/devices/pool.ts";
import { noReservedMemory } from "../../../../core/devices/reserved_memory.ts";
import type { ClusterApi, ListOptions, ListPage } from "../../../../core/operations/ports/cluster_api.ts";
import { ClusterApiError } from "../../../../core/operations/ports/cluster_api.ts";
import { type EvenMachine, topologyOf } from "../../../peers/allocator/topologies.ts";

// deno-lint-ignore no-explicit-any -- objects of the API, as somebody writes them down
export type ApiObject = any;

const collections: Readonly<Record<string, string>> = {
  ResourceSlice: "/apis/resource.k8s.io/v1/resourceslices",
  DeviceClass: "/apis/resource.k8s.io/v1/deviceclasses",
  DeviceTaintRule: "/apis/resource.k8s.io/v1/devicetaintrules",
  Node: "/api/v1/nodes",
  ResourceClaim: "/apis/resource.k8s.io/v1/namespaces/*/resourceclaims",
  ResourceClaimTemplate: "/apis/resource.k8s.io/v1/namespaces/*/resourceclaimtemplates",
  Pod: "/api/v1/namespaces/*/pods",
  Event: "/api/v1/namespaces/*/events",
};

/** Two NUMA nodes with 7Gi of memory and 512 pages of 2Mi each. */
export const machine: EvenMachine = { nodes: 2, pageSize: "4k", memory: "8Gi", hugepages: { "2m": 512 } };

/** A cluster in memory, by the paths of its API. */
export class MemoryCluster implements ClusterApi {
  readonly #objects: { readonly collection: string; readonly object: ApiObject }[] = [];
  /** Collections that the user may not read. */
  readonly denied = new Set<string>();
  readonly #minor: number;
  /** How many pages were asked for. */
  pagesRead = 0;

  constructor(minor = 36) {
    this.#minor = minor;
    this.add(...deviceClasses(topologyOf(machine)).map((object) => ({ ...object })));
  }

  /** Adds objects in the API's own shape, each with its `kind`. */
  add(...objects: ApiObject[]): this {
    for (const object of objects) {
      const { namespace = "default", ...metadata } = object.metadata;
      const collection = (collections[object.kind] ?? "").replace("*", namespace);
      const uid = metadata.uid ?? `uid-of-${metadata.name}`;
      const withMetadata = collection.includes("/namespaces/")
        ? { namespace, uid, ...metadata }
        : { uid, ...metadata };
      this.#objects.push({ collection, object: { ...object, metadata: withMetadata } });
    }
    return this;
  }

  /** Adds a node and the slices that the driver publishes on a machine. */
  addNode(name: string, of: EvenMachine = machine, change: (slice: ApiObject) => void = () => {}): this {
    this.add({ kind: "Node", metadata: { name, labels: { "kubernetes.io/hostname": name } } });
    for (const pool of poolsOf(name, devicesOf(topologyOf(of), noReservedMemory))) {
      for (const [index, spec] of slicesOf(name, pool, 1).entries()) {
        const slice = {
          kind: "ResourceSlice",
          metadata: { name: `0000${index}-dra.memory-${name}-${pool.name.split("/")[1]}` },
          spec: structuredClone(spec),
        };
        change(slice);
        this.add(slice);
      }
    }
    return this;
  }

  /** Changes an object that was added. */
  change(kind: string, name: string, change: (object: ApiObject) => void): this {
    for (const { object } of this.#objects) {
      if (object.kind === kind && object.metadata.name === name) change(object);
    }
    return this;
  }

  /** What becomes of an object that is created, by its collection; others are not served. */
  readonly controllers = new Map<string, (object: ApiObject) => ApiObject>();

  create(path: string, object: ApiObject): Promise<unknown> {
    const controller = this.controllers.get(path);
    if (controller === undefined) {
      return Promise.reject(new ClusterApiError(`Cannot create at ${path}: it is not served`, "absent"));
    }
    const created = { ...object, metadata: { name: `${object.metadata.generateName}1` } };
    this.#objects.push({ collection: path, object: { ...created, ...controller(object) } });
    return Promise.resolve(created);
  }

  remove(path: string): Promise<void> {
    const index = this.#objects.findIndex(({ collection, object }) =>
      `${collection}/${object.metadata.name}` === path
    );
    if (index >= 0) this.#objects.splice(index, 1);
    return Promise.resolve();
  }

  get(path: string): Promise<unknown> {
    if (path === "/version") return Promise.resolve({ major: "1", minor: `${this.#minor}` });
    const found = this.#objects.find(({ collection, object }) =>
      `${collection}/${object.metadata.name}` === path
    );
    return Promise.resolve(found?.object);
  }

  async *pages(
    path: string,
    { fieldSelector = "", labelSelector = "" }: ListOptions = {},
  ): AsyncGenerator<ListPage> {
    const resource = path.split("/").at(-1) ?? "";
    if (this.denied.has(resource)) {
      throw new ClusterApiError(`Cannot list ${resource}: this user may not`, "denied");
    }
    const [label, labelled] = labelSelector.split("=");
    const wanted = fieldSelector.split(",").filter((each) => each !== "").map((each) => each.split("="));
    const items = this.#objects
      .filter(({ collection }) =>
        collection === path || collection.replace(/\/namespaces\/[^/]+/, "") === path
      )
      .map(({ object }) => object)
      .filter(({ metadata }) => labelSelector === "" || metadata.labels?.[label ?? ""] === labelled)
      .filter((object) =>
        wanted.every(([field = "", value]) =>
          field.split(".").reduce((at: ApiObject, key) => at?.[key], object) === value
        )
      );
    // Two to a page, so that every list is read in several.
    for (let first = 0; first < Math.max(items.length, 1); first += 2) {
      this.pagesRead++;
      yield await Promise.resolve({
        items: items.slice(first, first + 2),
        remaining: Math.max(items.length - first - 2, 0),
      });
    }
  }
}

/** A request for an amount of a class. */
export function request(name: string, className: string, size?: string, rest: ApiObject = {}): ApiObject {
  const capacity = size === undefined ? {} : { capacity: { requests: { size } } };
  return { name, exactly: { deviceClassName: className, ...capacity, ...rest } };
}

/** A ResourceClaim. */
export function claim(name: string, requests: ApiObject[], constraints: ApiObject[] = []): ApiObject {
  return { kind: "ResourceClaim", metadata: { name }, spec: { devices: { requests, constraints } } };
}

/** A ResourceClaimTemplate. */
export function template(name: string, requests: ApiObject[], constraints: ApiObject[] = []): ApiObject {
  return {
    kind: "ResourceClaimTemplate",
    metadata: { name },
    spec: { spec: { devices: { requests, constraints } } },
  };
}

/** A claim that holds an amount of a device for a pod, or for nobody. */
export function held(name: string, device: string, size: string, pod?: string): ApiObject {
  const [node = "", deviceName = ""] = device.split(":");
  const pool = `${node}/${deviceName.replace(/-numa\d+$/, "")}`;
  return {
    ...claim(name, [request("r", "dra.memory", size)]),
    status: {
      allocation: {
        devices: {
          results: [{
            request: "r",
            driver: "dra.memory",
            pool,
            device: deviceName,
            shareID: "3ad1f5f1-0000-4000-8000-000000000000",
            consumedCapacity: { size },
          }],
        },
      },
      reservedFor: pod === undefined ? [] : [{ resource: "pods", name: pod, uid: `uid-of-${pod}` }],
    },
  };
}

/** A Pod whose one container uses the claims of these names. */
export function pod(
  name: string,
  claims: readonly string[],
  rest: ApiObject = {},
  status: ApiObject = {},
): ApiObject {
  return {
    kind: "Pod",
    metadata: { name },
    spec: {
      containers: [{ name: "main", resources: { claims: claims.map((claim) => ({ name: claim })) } }],
      resourceClaims: claims.map((claim) => ({ name: claim, resourceClaimName: claim })),
      ...rest,
    },
    status: { phase: "Pending", ...status },
  };
}
