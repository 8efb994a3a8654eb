import type { Logger } from "@logtape/logtape";
import type { PodReference, PreparedClaim } from "../../../../core/claims/claim.ts";
import { formatQuantity } from "../../../../core/values/quantity.ts";
import type { RequestedClaim } from "../../../../core/ports/dra_service.ts";
import type { DriverEvent, Recorder } from "../../../../core/events/events.ts";

/** Writes a log line for everything that happens; every line of a claim's life carries its uid. */
export class LogRecorder implements Recorder {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  record(event: DriverEvent): void {
    switch (event.kind) {
      case "claim-prepared":
        return this.#log.info("claim prepared", {
          ...preparedFields(event.claim),
          holds: event.claim.allocations.map(({ device, bytes }) => `${device}:${formatQuantity(bytes)}`)
            .join(","),
          ...(event.claim.withoutMounts === undefined ? {} : { noHugetlbfs: event.claim.withoutMounts }),
        });
      case "claim-unprepared":
        return this.#log.info("claim unprepared", preparedFields(event.claim));
      case "orphan-collected":
        return this.#log.warn("claim that the cluster does not know given back", preparedFields(event.claim));
      case "claim-superseded":
        return this.#log.warn("claim that was allocated anew given back", preparedFields(event.claim));
      case "claim-refused":
        return this.#log.warn("claim refused", {
          ...claimFields(event.claim),
          reason: event.reason,
          error: event.message,
        });
      case "claims-recovered":
        return this.#log.info("claims recovered from the checkpoint", { count: event.count });
      case "checkpoint-damaged":
        return this.#log.error("checkpoint of a claim is damaged", { error: event.message });
      case "checkpoint-restored":
        return this.#log.warn(
          "checkpoint of a claim was removed by somebody, written again",
          preparedFields(event.claim),
        );
      case "container-adjusted":
        return this.#log.info("container adjusted", {
          pod: podName(event.pod),
          container: event.container,
          uids: event.claims.join(","),
          mems: event.mems,
        });
      case "container-refused":
        return this.#log.warn("container refused", {
          pod: podName(event.pod),
          container: event.container,
          uids: event.claims.join(","),
          reason: event.reason,
          error: event.message,
        });
      case "pod-limits-left":
        return this.#log.warn("pod's limits left as they are", {
          pod: podName(event.pod),
          error: event.message,
        });
      case "containers-synchronized":
        return this.#log.info("containers synchronized", { seen: event.seen, updated: event.updated });
      case "slices-published":
        if (event.writes === 0) {
          return this.#log.debug("slices are as they should be", { devices: event.devices });
        }
        return this.#log.info("slices published", { devices: event.devices, writes: event.writes });
      case "slices-failed":
        return this.#log.warn("slices not published, trying again", { error: event.message });
      case "kubelet-registered":
        return this.#log.info("registered with the kubelet");
      case "kubelet-lost":
        return this.#log.warn("not registered with the kubelet", { error: event.message });
      case "runtime-connected":
        return this.#log.info("connected to the container runtime", { runtime: event.runtime });
      case "runtime-lost":
        return this.#log.warn("not connected to the container runtime, trying again", {
          error: event.message,
        });
      case "runtime-standby":
        return this.#log.info("another instance acts towards the container runtime, standing by");
      case "fail-closed-unsupported":
        return this.#log.warn(
          "--fail-closed has no effect, use required_plugins of NRI's default validator",
          {
            runtime: event.runtime,
            wanted: "NRI 0.12.5",
          },
        );
      case "reservation-changed": {
        const kept = event.notes.join("; "), ignored = event.ignored.join("; ");
        if (ignored === "") return this.#log.info("memory kept from claims", { kept });
        return this.#log.warn("memory kept from claims, some of it on what is not there", { kept, ignored });
      }
      case "reservation-refused":
        return this.#log.warn("the Node's annotation is not heeded", { error: event.message });
      case "topology-unreadable":
        return this.#log.error("part of the topology cannot be read", {
          path: event.part.path,
          error: event.part.reason,
        });
    }
  }
}

function preparedFields({ reference, pod }: PreparedClaim) {
  return { ...claimFields(reference), pod: podName(pod) };
}

function claimFields({ namespace, name, uid }: RequestedClaim) {
  return { claim: `${namespace}/${name}`, uid };
}

function podName({ namespace, name }: PodReference): string {
  return `${namespace}/${name}`;
}
