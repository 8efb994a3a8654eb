import type { PodReference, PreparedClaim } from "../claims/claim.ts";
import type { RequestedClaim } from "../ports/dra_service.ts";
import { formatIdList } from "../values/id_list.ts";
import { formatPageSize } from "../values/page_size.ts";
import { formatQuantity } from "../values/quantity.ts";
import type { DriverEvent } from "./events.ts";
import type { RefusalReason } from "./refusal_reason.ts";

/** How much an event matters in a log. */
export type Level = "debug" | "info" | "warn" | "error";

/** What must stand before the driver does its job. */
export type Precondition = "kubelet" | "runtime" | "slices";

/** What one kind of event means to whom. */
export interface EventRow<Event> {
  readonly level: Level;
  readonly message: string;
  /** What the line in the log says beside the message. */
  readonly fields?: (event: Event) => Readonly<Record<string, string | number>>;
  /** What the event is about, where others can cause it as often as they like: then not each one is logged. */
  readonly subject?: (event: Event) => string;
  readonly counter?: CounterRow<Event>;
  readonly readiness?: ReadinessRow<Event>;
}

/** The counter that an event moves. */
export interface CounterRow<Event> {
  /** The metric is called `dramemory_<name>_total`. */
  readonly name: string;
  readonly help: string;
  /** By how much; by one unless it says so. */
  readonly by?: (event: Event) => number;
  /** The value of the label `reason`, where it has that. */
  readonly reason?: (event: Event) => RefusalReason;
}

/** What stands after an event, or does not. */
export interface ReadinessRow<Event> {
  readonly of: Precondition;
  readonly ready: boolean;
  /** What is there, or what is missing and why. */
  readonly text: (event: Event) => string;
}

/** The event of a kind. */
export type EventOf<Kind extends DriverEvent["kind"]> = Extract<DriverEvent, { readonly kind: Kind }>;

const collectedOrphans = {
  name: "collected_orphans",
  help:
    "Checkpoints that were removed because the cluster no longer knows their claim, or allocated it anew.",
};

/** What each kind of event means; there is no other way from what happens to the log, a counter or readiness. */
export const eventTable = {
  "claim-prepared": {
    level: "info",
    message: "claim prepared",
    fields: ({ claim }) => ({
      ...preparedFields(claim),
      holds: claim.allocations.map(({ device, bytes }) => `${device}:${formatQuantity(bytes)}`).join(","),
      ...(claim.withoutMounts === undefined ? {} : { noHugetlbfs: claim.withoutMounts }),
    }),
  },
  "claim-unprepared": {
    level: "info",
    message: "claim unprepared",
    fields: ({ claim }) => preparedFields(claim),
  },
  "claim-refused": {
    level: "warn",
    message: "claim refused",
    fields: ({ claim, reason, message }) => ({ ...claimFields(claim), reason, error: message }),
    subject: ({ claim, reason }) =>
      reason === "too-many-claims" ? reason : `${claim.namespace}/${claim.name} ${reason}`,
    counter: {
      name: "refused_claims",
      help:
        "Claims that were not prepared or not unprepared, each attempt counted; a call for too many counts once.",
      reason: ({ reason }) => reason,
    },
  },
  "claims-recovered": {
    level: "info",
    message: "claims recovered from the checkpoint",
    fields: ({ count }) => ({ count }),
    counter: {
      name: "recovered_claims",
      help: "Claims that were still prepared when the driver started.",
      by: ({ count }) => count,
    },
  },
  "checkpoint-damaged": {
    level: "error",
    message: "checkpoint of a claim is damaged",
    fields: errorField,
    counter: {
      name: "damaged_checkpoints",
      help: "Checkpoints of claims that could not be read; they are set aside where that is possible.",
    },
  },
  "checkpoint-restored": {
    level: "warn",
    message: "checkpoint of a claim was removed by somebody, written again",
    fields: ({ claim }) => preparedFields(claim),
    counter: {
      name: "restored_checkpoints",
      help: "Checkpoints of prepared claims that somebody had removed and that were written again.",
    },
  },
  "checkpoints-not-restored": {
    level: "warn",
    message: "cannot restore the claims' checkpoints, trying again",
    fields: errorField,
  },
  "checkpoint-busy": {
    level: "warn",
    message: "another instance holds the claims' checkpoint, waiting for it",
    fields: errorField,
    subject: ({ message }) => message,
  },
  "orphan-collected": {
    level: "warn",
    message: "claim that the cluster does not know released",
    fields: ({ claim }) => preparedFields(claim),
    counter: collectedOrphans,
  },
  "claim-superseded": {
    level: "warn",
    message: "claim that was allocated anew released",
    fields: ({ claim }) => preparedFields(claim),
    counter: collectedOrphans,
  },
  "orphans-not-collected": {
    level: "warn",
    message: "cannot look for orphaned claims, trying again",
    fields: errorField,
  },
  "container-adjusted": {
    level: "info",
    message: "container adjusted",
    fields: ({ pod, container, claims, mems }) => ({ ...containerFields(pod, container, claims), mems }),
    counter: {
      name: "adjusted_containers",
      help: "Containers that were given what they claim, restarts and updates counted.",
    },
  },
  "container-refused": {
    level: "warn",
    message: "container refused",
    fields: ({ pod, container, claims, reason, message }) => ({
      ...containerFields(pod, container, claims),
      reason,
      error: message,
    }),
    subject: ({ pod, reason }) => `${podName(pod)} ${reason}`,
    counter: {
      name: "refused_containers",
      help: "Containers with claims that were not given them.",
      reason: ({ reason }) => reason,
    },
  },
  "containers-synchronized": {
    level: "info",
    message: "containers synchronized",
    fields: ({ seen, updated }) => ({ seen, updated }),
    counter: {
      name: "corrected_containers",
      help: "Containers that had to be changed when the container runtime listed them.",
      by: ({ updated }) => updated,
    },
  },
  "containers-differ": {
    level: "warn",
    message: "containers have something else than was promised, see dramemory status",
    fields: ({ containers, count, reasons }) => ({
      count,
      containers: containers.join(","),
      reasons: reasons.join(","),
    }),
  },
  "containers-not-compared": {
    level: "warn",
    message: "cannot compare what containers have with what was promised, trying again",
    fields: errorField,
  },
  "pod-limits-left": {
    level: "warn",
    message: "pod's limits left as they are",
    fields: ({ pod, message }) => ({ pod: podName(pod), error: message }),
    subject: ({ pod }) => podName(pod),
    counter: {
      name: "pod_limit_failures",
      help: "Pods whose hugepage limits could not be brought in line with their running containers.",
    },
  },
  "hugepages-moved": {
    level: "warn",
    message:
      "hugepages changed their NUMA node, as when the kernel moves those of a task that is given other nodes",
    fields: ({ moved: { pageSize, from, to, pages } }) => ({
      pageSize: formatPageSize(pageSize),
      from: formatIdList(from),
      to: formatIdList(to),
      pages: `${pages}`,
    }),
  },
  "pod-limits-restored": {
    level: "warn",
    message: "limits of a pod were changed by somebody, put right",
    fields: ({ pod }) => ({ pod: podName(pod) }),
    counter: {
      name: "restored_pod_limits",
      help: "How often limits of a pod were put right that somebody had changed, as the kubelet does.",
    },
  },
  "pod-limits-not-kept": {
    level: "warn",
    message: "cannot keep what the kubelet set of pods' limits for the next start",
    fields: errorField,
  },
  "limits-not-written": {
    level: "warn",
    message: "cannot write limits of containers or pods, trying again",
    fields: errorField,
    subject: ({ message }) => message,
  },
  "topology-unreadable": {
    level: "error",
    message: "part of the topology cannot be read",
    fields: ({ part }) => ({ path: part.path, error: part.reason }),
    counter: {
      name: "unreadable_topology",
      help: "Parts of the machine's topology that could not be read, each attempt counted.",
    },
  },
  "reservation-changed": {
    level: "info",
    message: "memory kept from claims",
    fields: ({ notes }) => ({ kept: notes.join("; ") }),
  },
  "reservation-ignored": {
    level: "warn",
    message: "memory kept from claims, some of it on what is not there",
    fields: ({ notes, ignored }) => ({ kept: notes.join("; "), ignored: ignored.join("; ") }),
  },
  "reservation-refused": {
    level: "warn",
    message: "the Node's annotation is not heeded",
    fields: errorField,
  },
  "slices-published": {
    level: "info",
    message: "slices published",
    fields: ({ devices, writes }) => ({ devices, writes }),
    readiness: { of: "slices", ready: true, text: publishedText },
  },
  "slices-unchanged": {
    level: "debug",
    message: "slices are as they should be",
    fields: ({ devices }) => ({ devices }),
    readiness: { of: "slices", ready: true, text: publishedText },
  },
  "slices-failed": {
    level: "warn",
    message: "slices not published, trying again",
    fields: errorField,
    counter: {
      name: "publish_failures",
      help: "Attempts to look at the node and publish its ResourceSlices that failed.",
    },
    readiness: { of: "slices", ready: false, text: ({ message }) => message },
  },
  "slice-watch-failed": {
    level: "warn",
    message: "watch of the slices broke off, taking it up again",
    fields: errorField,
    counter: { name: "watch_failures", help: "Watches of the ResourceSlices that broke off." },
  },
  "kubelet-registered": {
    level: "info",
    message: "registered with the kubelet",
    counter: { name: "kubelet_registrations", help: "Times that the kubelet accepted the driver." },
    readiness: { of: "kubelet", ready: true, text: () => "registered" },
  },
  "kubelet-lost": {
    level: "warn",
    message: "not registered with the kubelet",
    fields: errorField,
    counter: { name: "kubelet_losses", help: "Times that the kubelet refused or dropped the driver." },
    readiness: { of: "kubelet", ready: false, text: ({ message }) => message },
  },
  "kubelet-sockets-failed": {
    level: "warn",
    message: "trouble with the kubelet's sockets, trying again",
    fields: errorField,
    subject: ({ message }) => message,
  },
  "kubelet-connection-failed": {
    level: "warn",
    message: "connection to the kubelet's sockets ended, which the gRPC library could not take",
    fields: errorField,
    subject: ({ message }) => message,
    counter: {
      name: "kubelet_faults",
      help: "Connections to the kubelet's sockets that were ended because the gRPC library failed at them.",
    },
  },
  "runtime-connected": {
    level: "info",
    message: "connected to the container runtime",
    fields: ({ runtime }) => ({ runtime }),
    counter: {
      name: "nri_reconnects",
      help: "Connections to the container runtime after the first one.",
      by: ({ again }) => again ? 1 : 0,
    },
    readiness: { of: "runtime", ready: true, text: ({ runtime }) => `connected to ${runtime}` },
  },
  "runtime-lost": {
    level: "warn",
    message: "not connected to the container runtime, trying again",
    fields: errorField,
    readiness: { of: "runtime", ready: false, text: ({ message }) => message },
  },
  "runtime-standby": {
    level: "info",
    message: "another instance acts towards the container runtime, standing by",
    readiness: {
      of: "runtime",
      ready: true,
      text: () => "standing by: another instance acts towards the runtime",
    },
  },
  "fail-closed-unsupported": {
    level: "warn",
    message:
      "--fail-closed has no effect, use required_plugins of the default validator that NRI 0.10 and newer have",
    fields: ({ runtime }) => ({ runtime, wanted: "NRI 0.12.5" }),
    counter: {
      name: "fail_closed_unsupported",
      help: "Connections to a container runtime that starts containers without asking despite --fail-closed.",
    },
  },
} satisfies { readonly [Kind in DriverEvent["kind"]]: EventRow<EventOf<Kind>> };

/** The row of an event, to be used with that event. */
export function rowOf(event: DriverEvent): EventRow<DriverEvent> {
  // The compiler does not see that an event and the row of its kind belong together.
  return eventTable[event.kind] as EventRow<DriverEvent>;
}

function errorField({ message }: { readonly message: string }) {
  return { error: message };
}

function publishedText({ devices }: { readonly devices: number }): string {
  return `published with ${devices} devices`;
}

function preparedFields({ reference, pod }: PreparedClaim) {
  return { ...claimFields(reference), pod: podName(pod) };
}

/** Every line of a claim's life carries its uid. */
function claimFields({ namespace, name, uid }: RequestedClaim) {
  return { claim: `${namespace}/${name}`, uid };
}

function containerFields(pod: PodReference, container: string, claims: readonly string[]) {
  return { pod: podName(pod), container, uids: claims.join(",") };
}

function podName({ namespace, name }: PodReference): string {
  return `${namespace}/${name}`;
}
