import type { PodReference } from "../../../core/claims/claim.ts";
import type { ResourceSliceSpec } from "../../../core/devices/resource_slice.ts";
import type { ApiClient, ObjectMeta } from "../api_client.ts";
import {
  type AllocatedConfig,
  allocatedConfig,
  type ConfiguredClass,
  type DeviceConfig,
} from "./allocated_config.ts";
import { type DeviceRequest, firstFit, type Share } from "./first_fit.ts";

/** A ResourceClaim as the scheduler reads and writes it. */
export interface Claim {
  readonly metadata: ObjectMeta & { readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly devices: {
      readonly requests: readonly ClaimRequest[];
      readonly config?: readonly DeviceConfig[];
    };
  };
  readonly status?: {
    readonly allocation?: {
      readonly devices: { readonly results: readonly Share[]; readonly config?: readonly AllocatedConfig[] };
    };
  };
}

interface ClaimRequest {
  readonly name: string;
  readonly exactly: {
    readonly deviceClassName: string;
    readonly count?: number;
    readonly selectors?: readonly Selector[];
    readonly capacity?: { readonly requests: Readonly<Record<string, string>> };
  };
}

/** A request with what its class says. */
interface ResolvedRequest extends DeviceRequest {
  readonly deviceClass: ConfiguredClass;
}

interface DeviceClassSpec {
  readonly selectors?: readonly Selector[];
  readonly config?: readonly DeviceConfig[];
}

interface Selector {
  readonly cel: { readonly expression: string };
}

const group = "/apis/resource.k8s.io/v1";

/** Allocates claims as the scheduler does, first fit, through the API. */
export class SimulatedScheduler {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /**
   * Allocates a claim, reserves it for a pod and returns it as the cluster then holds it. Throws
   * `UnschedulableError` when no device has enough left.
   */
  async schedule(namespace: string, name: string, pod: PodReference): Promise<Claim> {
    const path = `${group}/namespaces/${namespace}/resourceclaims/${name}`;
    const claim = await this.#api.request<Claim>("GET", path);
    const requests = await Promise.all(claim.spec.devices.requests.map((request) => this.#resolve(request)));
    const slices = await this.#api.list<{ spec: ResourceSliceSpec }>(`${group}/resourceslices`);
    const claims = await this.#api.list<Claim>(`${group}/resourceclaims`);
    const given = claims.flatMap(({ status }) => status?.allocation?.devices.results ?? []);
    const shares = firstFit(requests, slices.map(({ spec }) => spec), given);

    const results = shares.map((share) => ({ ...share, shareID: crypto.randomUUID() }));
    const config = allocatedConfig(requests, claim.spec.devices.config ?? []);
    const status = {
      allocation: { devices: { results, ...(config.length === 0 ? {} : { config }) } },
      reservedFor: [{ resource: "pods", name: pod.name, uid: pod.uid }],
    };
    return await this.#api.request<Claim>("PUT", `${path}/status`, { ...claim, status });
  }

  async #resolve({ name, exactly }: ClaimRequest): Promise<ResolvedRequest> {
    const { deviceClassName, count = 1, selectors = [], capacity } = exactly;
    const path = `${group}/deviceclasses/${deviceClassName}`;
    const { spec } = await this.#api.request<{ spec: DeviceClassSpec }>("GET", path);
    const expressions = [...spec.selectors ?? [], ...selectors].map(({ cel }) => cel.expression);
    const deviceClass = { name: deviceClassName, config: spec.config ?? [] };
    return { name, selectors: expressions, count, capacity: capacity?.requests ?? {}, deviceClass };
  }
}
