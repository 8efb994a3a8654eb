import type { ClusterApi, ListOptions } from "../../../core/operations/ports/cluster_api.ts";
import { ClusterApiError } from "../../../core/operations/ports/cluster_api.ts";
import type { ClusterClaim } from "../../../core/operations/cluster/claims.ts";
import type { ClusterSlice } from "../../../core/operations/cluster/device.ts";
import type { ClusterDeviceClass } from "../../../core/operations/cluster/device_class.ts";
import type { ClusterNode } from "../../../core/operations/cluster/node.ts";
import type { ClusterPod } from "../../../core/operations/cluster/pod.ts";
import { driverName } from "../../../core/values/driver.ts";
import { type ClaimTemplate, readClaim, readClaimTemplate } from "./claim_object.ts";
import { type DriverPod, readDriverPod } from "./driver_pod.ts";
import { readDeviceClass } from "./device_class_object.ts";
import { readNode } from "./node_object.ts";
import { readPod } from "./pod_object.ts";
import { SliceReader } from "./slice_object.ts";
import type { TaintRule } from "../../../core/operations/cluster/taint_rules.ts";
import { readTaintRule } from "./taint_rule_object.ts";

const core = "/api/v1";
const resources = "/apis/resource.k8s.io/v1";
/** Where DeviceTaintRules are: since 1.37, and in 1.36 where its API is turned on. */
const taintRuleCollections = ["v1", "v1beta2"].map((version) =>
  `/apis/resource.k8s.io/${version}/devicetaintrules`
);

/** Told after every page: how many objects of a kind are read, and how many are still to come. */
export type ReadProgress = (kind: string, read: number, remaining: number) => void;

/**
 * Reads what a judgement needs of a cluster, page by page. Every call throws `ClusterApiError`, and
 * `ClusterObjectError` for an object that is not as its API says.
 */
export class ClusterReader {
  readonly #api: ClusterApi;
  readonly #progress: ReadProgress;

  constructor(api: ClusterApi, progress: ReadProgress = () => {}) {
    this.#api = api;
    this.#progress = progress;
  }

  /** The minor version of the cluster's API server: 36 for 1.36. */
  async minorVersion(): Promise<number> {
    const version = await this.#api.get("/version");
    const minor = isRecord(version) ? /^\d+/.exec(String(version["minor"]))?.[0] : undefined;
    if (minor === undefined) {
      throw new ClusterApiError(
        "Cannot read the version of the cluster: it has no minor number",
        "unavailable",
      );
    }
    return Number(minor);
  }

  /** The driver's slices, of one node or all. */
  slices(node?: string): AsyncGenerator<ClusterSlice> {
    const fieldSelector = `spec.driver=${driverName}${node === undefined ? "" : `,spec.nodeName=${node}`}`;
    const slices = new SliceReader();
    return this.#all("slices", `${resources}/resourceslices`, (slice) => slices.read(slice), {
      fieldSelector,
    });
  }

  /** The taints of devices that stand in no slice; none where the cluster does not serve such rules. */
  async taintRules(): Promise<TaintRule[]> {
    for (const collection of taintRuleCollections) {
      try {
        return await Array.fromAsync(this.#all("taint rules", collection, readTaintRule));
      } catch (error) {
        if (!(error instanceof ClusterApiError && error.kind === "absent")) throw error;
      }
    }
    return [];
  }

  /** The claims of all namespaces, allocated or not; those of a name where it is given. */
  claims(name?: string): AsyncGenerator<ClusterClaim> {
    const options = name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
    return this.#all("claims", `${resources}/resourceclaims`, readClaim, options);
  }

  nodes(): AsyncGenerator<ClusterNode> {
    return this.#all("nodes", `${core}/nodes`, readNode);
  }

  classes(): AsyncGenerator<ClusterDeviceClass> {
    return this.#all("classes", `${resources}/deviceclasses`, readDeviceClass);
  }

  /** The pods of a namespace, or of all. */
  pods(namespace?: string, options?: ListOptions): AsyncGenerator<ClusterPod> {
    return this.#all("pods", `${core}${within(namespace)}/pods`, readPod, options);
  }

  async node(name: string): Promise<ClusterNode | undefined> {
    return read(await this.#api.get(`${core}/nodes/${encodeURIComponent(name)}`), readNode);
  }

  async pod(namespace: string, name: string): Promise<ClusterPod | undefined> {
    return read(await this.#api.get(`${core}${within(namespace)}/pods/${encodeURIComponent(name)}`), readPod);
  }

  async claim(namespace: string, name: string): Promise<ClusterClaim | undefined> {
    const path = `${resources}${within(namespace)}/resourceclaims/${encodeURIComponent(name)}`;
    return read(await this.#api.get(path), readClaim);
  }

  async template(namespace: string, name: string): Promise<ClaimTemplate | undefined> {
    const path = `${resources}${within(namespace)}/resourceclaimtemplates/${encodeURIComponent(name)}`;
    return read(await this.#api.get(path), readClaimTemplate);
  }

  /** The driver's own pods, by the label that the chart gives them. */
  driverPods(): AsyncGenerator<DriverPod> {
    const labelSelector = "app.kubernetes.io/name=dramemory";
    return this.#all("pods", `${core}/pods`, readDriverPod, { labelSelector });
  }

  /** The events about a pod, as they are. */
  events(namespace: string, pod: string): AsyncGenerator<unknown> {
    const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod}`;
    return this.#all("events", `${core}${within(namespace)}/events`, (event) => event, { fieldSelector });
  }

  async *#all<T>(
    kind: string,
    path: string,
    read: (object: unknown) => T,
    options?: ListOptions,
  ): AsyncGenerator<T> {
    let count = 0;
    for await (const { items, remaining } of this.#api.pages(path, options)) {
      count += items.length;
      this.#progress(kind, count, remaining);
      for (const item of items) yield read(item);
    }
  }
}

function within(namespace: string | undefined): string {
  return namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
}

function read<T>(object: unknown, read: (object: unknown) => T): T | undefined {
  return object === undefined ? undefined : read(object);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
