import { driverName } from "../../values/driver.ts";
import type { ClusterPod } from "../cluster/pod.ts";
import { type DeviceClasses, otherDriversOf } from "./ask.ts";
import type { Finding } from "./finding.ts";
import type { ExplainedClaim, Subject } from "./subject.ts";

/** A claim of this driver belongs to one container of one pod; what other drivers do with theirs is their affair. */
export function userFindings({ pod, claims, otherUsers }: Subject, classes: DeviceClasses): Finding[] {
  return claims.filter((entry) => isForThisDriver(entry, classes)).flatMap(({ name }) => [
    ...(pod === undefined ? [] : containerFindings(name, pod)),
    ...podFindings(name, otherUsers.get(name) ?? []),
  ]);
}

function isForThisDriver(entry: ExplainedClaim, classes: DeviceClasses): boolean {
  if ("claim" in entry && entry.claim.allocation !== undefined) {
    return entry.claim.allocation.results.length > 0;
  }
  const { requests } = "claim" in entry ? entry.claim.spec : entry.spec;
  return requests.some(({ alternatives }) =>
    alternatives.some((ask) => otherDriversOf(ask, classes, driverName).length === 0)
  );
}

function containerFindings(
  claim: string,
  { name: podName, claims, madeClaims, containers }: ClusterPod,
): Finding[] {
  const own = claims.filter(({ name, claim: named }) => (named ?? madeClaims.get(name) ?? name) === claim)
    .map(({ name }) => name);
  const users = containers.filter(({ claims }) => claims.some((name) => own.includes(name)));
  if (users.length < 2) return [];
  return [{
    code: "claim-in-several-containers",
    blocks: true,
    text: `The driver refuses to prepare claim ${claim}: the containers ${
      users.map(({ name }) => name).join(" and ")
    } of pod ${podName} use it, but a claim belongs to one container.`,
    remedy: "Give each a claim of its own.",
  }];
}

function podFindings(claim: string, users: readonly string[]): Finding[] {
  if (users.length === 0) return [];
  return [{
    code: "claim-shared",
    blocks: true,
    text:
      `The claim ${claim} is used by ${
        users.join(" and ")
      } as well, but a claim of this driver serves one pod: ` +
      "the driver refuses it to the others.",
    remedy: "Name a ResourceClaimTemplate in the pods, so that each gets a claim of its own.",
  }];
}
