import type { Deployment as V1Deployment } from "kubernetes-types/apps/v1";
import type { Pod as V1Pod, PodSpec as V1PodSpec } from "kubernetes-types/core/v1";

/** What a claim asks for, in one request each. */
export interface Wanted {
  /** As in the names of the DeviceClasses: `memory`, `hugepages-2m`. */
  readonly resource: string;
  readonly bytes: number;
  /** Where; anywhere when undefined. */
  readonly numaNode?: number;
}

/** What a container of the workload's image does: maps memory, touches all of it and says where it is. */
export interface Mapping {
  readonly bytes: number;
  readonly page: "base" | "2m" | "1g";
}

const image = Deno.env.get("E2E_WORKLOAD_IMAGE") ?? "dramemory-workload:0.1.0";

/** The spec of a claim, with the requests `request-0`, `request-1`, … */
export function claimSpec(wanted: readonly Wanted[]) {
  return {
    devices: {
      requests: wanted.map(({ resource, bytes, numaNode }, index) => ({
        name: `request-${index}`,
        exactly: {
          deviceClassName: `dra.${resource}`,
          capacity: { requests: { size: `${bytes}` } },
          ...numaNode === undefined ? {} : {
            selectors: [{
              cel: { expression: `device.attributes["resource.kubernetes.io"].numaNode == ${numaNode}` },
            }],
          },
        },
      })),
    },
  };
}

/** A claim that is there before its pods, and may be shared by them. */
export function claim(name: string, wanted: readonly Wanted[]) {
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: { name },
    spec: claimSpec(wanted),
  };
}

/** What each pod gets a claim of its own by. */
export function claimTemplate(name: string, wanted: readonly Wanted[]) {
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaimTemplate",
    metadata: { name },
    spec: { spec: claimSpec(wanted) },
  };
}

/** How a pod's containers come to their claims, and what they do. */
export interface PodPlan {
  readonly containers: readonly {
    readonly name: string;
    readonly mapping: Mapping;
    /** Goes on after it has told where its memory is, until it is asked to end. */
    readonly stays?: boolean;
    /** Names of {@link PodPlan.claims}. */
    readonly claims: readonly string[];
    readonly memoryLimit?: number;
  }[];
  /** By the name in the pod, the claim's or template's name. */
  readonly claims: Readonly<Record<string, { readonly claim: string } | { readonly template: string }>>;
  /** The node that it must run on; any when undefined. */
  readonly node?: string;
  /** `Never` unless given. */
  readonly restartPolicy?: "Never" | "OnFailure" | "Always";
}

/** How the one container of a pod may differ from what is usual. */
export interface MainOptions extends Pick<PodPlan, "node" | "restartPolicy"> {
  readonly stays?: boolean;
  readonly memoryLimit?: number;
}

/** The plan of a pod whose one container, `main`, uses one claim, made by a template. */
export function withTemplate(
  template: string,
  mapping: Mapping,
  { node, restartPolicy, ...container }: MainOptions = {},
): PodPlan {
  return {
    containers: [{ name: "main", mapping, claims: ["claimed"], ...container }],
    claims: { claimed: { template } },
    ...node === undefined ? {} : { node },
    ...restartPolicy === undefined ? {} : { restartPolicy },
  };
}

/** The spec of a pod of the workload's image. */
export function podSpec({ containers, claims, node, restartPolicy = "Never" }: PodPlan): V1PodSpec {
  return {
    restartPolicy,
    ...node === undefined ? {} : { nodeSelector: { "kubernetes.io/hostname": node } },
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    containers: containers.map(({ name, mapping, stays = false, claims, memoryLimit }) => ({
      name,
      image,
      imagePullPolicy: "IfNotPresent",
      args: [
        ...["--bytes", `${mapping.bytes}`],
        ...mapping.page === "base" ? [] : ["--hugepages", mapping.page],
        ...stays ? ["--hold"] : [],
      ],
      resources: {
        claims: claims.map((name) => ({ name })),
        ...memoryLimit === undefined ? {} : { limits: { memory: `${memoryLimit}` } },
      },
    })),
    resourceClaims: Object.entries(claims).map(([name, source]) => ({
      name,
      ..."claim" in source
        ? { resourceClaimName: source.claim }
        : { resourceClaimTemplateName: source.template },
    })),
  };
}

/** A pod of the workload's image. */
export function pod(name: string, plan: PodPlan): V1Pod {
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: podSpec(plan) };
}

/** A Deployment of such pods. */
export function deployment(name: string, replicas: number, plan: PodPlan): V1Deployment {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec({ ...plan, restartPolicy: "Always" }) },
    },
  };
}
