import { driverName } from "../../values/driver.ts";
import type { ClusterPod } from "../cluster/pod.ts";
import { type DeviceClasses, otherDriversOf } from "./ask.ts";
import type { Finding } from "./finding.ts";
import type { ExplainedClaim, Subject } from "./subject.ts";

/** A claim of this driver belongs to one container of one pod; what other drivers do with theirs is their affair. */
export function userFindings({ pod, claims, otherUsers }: Subject, classes: DeviceClasses): Finding[] {
  return claims.filter((entry) => isForThisDriver(entry, classes)).flatMap((entry) => [
    ...(pod === undefined ? [] : containerFindings(entry.name, pod)),
    ...(pod === undefined ? [] : requestFindings(entry, pod)),
    ...podFindings(entry.name, otherUsers.get(entry.name) ?? []),
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

/** The containers that use a claim, and which request of it each names, if it does. */
function usersOf(claim: string, { claims, madeClaims, containers }: ClusterPod) {
  const own = claims.filter(({ name, claim: named }) => (named ?? madeClaims.get(name) ?? name) === claim)
    .map(({ name }) => name);
  return containers.flatMap(({ name, claims }) => {
    const used = claims.filter((each) => own.includes(each.name));
    return used.length === 0 ? [] : [{ name, requests: used.flatMap(({ request }) => request ?? []) }];
  });
}

function containerFindings(claim: string, pod: ClusterPod): Finding[] {
  const users = usersOf(claim, pod);
  if (users.length < 2) return [];
  return [{
    code: "claim-in-several-containers",
    blocks: true,
    text: `The driver refuses to prepare claim ${claim}: the containers ${
      users.map(({ name }) => name).join(" and ")
    } of pod ${pod.name} use it, but a claim belongs to one container.`,
    remedy: "Give each a claim of its own.",
  }];
}

/** The kubelet gives a container nothing for a request that its claim does not have, without a word. */
function requestFindings(entry: ExplainedClaim, pod: ClusterPod): Finding[] {
  const { requests } = "claim" in entry ? entry.claim.spec : entry.spec;
  const names = requests.map(({ name }) => name);
  return usersOf(entry.name, pod).flatMap((user) =>
    user.requests.filter((request) => !names.includes(request)).map((request) => ({
      code: "request-missing" as const,
      blocks: true,
      text:
        `Container ${user.name} wants the request ${request} of claim ${entry.name}, which has none of that ` +
        "name: it is given nothing, without a word.",
      remedy: `Name one of: ${names.join(", ")}; or none, for all of them.`,
    }))
  );
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
