import { configProblem } from "../../claims/configuration/effective_config.ts";
import type { OpaqueConfig } from "../../claims/configuration/memory_config.ts";
import type { ClaimSpec, DeviceAsk } from "../cluster/claims.ts";
import type { NodePool } from "../cluster/pools.ts";
import { driverName } from "../../values/driver.ts";
import { notesOnAmount } from "./amount_notes.ts";
import { type DeviceClasses, otherDriversOf } from "./ask.ts";
import type { Finding } from "./finding.ts";
import { configRefused } from "./refused_configuration.ts";
import { notesOnSelectors } from "./selector_notes.ts";
import type { Judgement } from "./judgement.ts";

/** What the scheduler does in silence with a claim as it is written. */
export function notesOnSpec(
  claim: string,
  spec: ClaimSpec,
  pools: Iterable<NodePool>,
  judgement: Judgement,
): Finding[] {
  const asks = spec.requests.flatMap(({ name, alternatives }) =>
    alternatives.map((ask) => ({ ask, request: ask.name === undefined ? name : `${name}/${ask.name}` }))
  );
  const known = [...pools];
  return [
    ...configNotes(claim, spec.configs, asks.map(({ request }) => request)),
    ...unreadNotes(claim, spec, judgement.classes),
    ...judgement.rules.distinctForgets ? distinctNotes(claim, spec) : [],
    ...asks.flatMap(({ ask, request }) => notesOnAsk(claim, request, ask, known, judgement)),
  ];
}

function configNotes(
  claim: string,
  configs: readonly OpaqueConfig[],
  requests: readonly string[],
): Finding[] {
  const problem = configProblem(configs, requests);
  return problem === undefined ? [] : [configRefused(claim, problem)];
}

/** Configuration whose driver none of the requests is for, as their classes and selectors name it. */
function unreadNotes(
  claim: string,
  { requests, configuredDrivers }: ClaimSpec,
  classes: DeviceClasses,
): Finding[] {
  const asks = requests.flatMap(({ alternatives }) => alternatives);
  if (asks.some(({ className }) => !classes.has(className))) return [];
  const drivers = new Set(asks.flatMap((ask) => otherDriversOf(ask, classes, driverName)));
  return configuredDrivers.filter((driver) => !drivers.has(driver)).map((driver) => ({
    code: "config-unread",
    blocks: false,
    text:
      `Claim ${claim} has configuration for the driver ${driver}, which none of its requests names: nobody reads it.`,
    remedy: `Write driver: ${driverName} for what this driver is to read.`,
  }));
}

/** Two devices of a request are compared with each other, a third one with the second alone. */
function distinctNotes(claim: string, { requests, constraints }: ClaimSpec): Finding[] {
  return constraints.filter(({ kind }) => kind === "distinct").flatMap((constraint) =>
    requests.filter(({ name, alternatives }) =>
      (constraint.requests.length === 0 || constraint.requests.includes(name)) &&
      alternatives.some(({ count = 0 }) => count > 2)
    ).map(({ name }): Finding => ({
      code: "distinct-forgets",
      blocks: false,
      text:
        `Request ${name} of ${claim} wants more than two devices that differ in ${constraint.attribute}: ` +
        "before Kubernetes 1.37 the scheduler compares each with the one before it alone, and may give two alike.",
      remedy: "Write a request for each.",
    }))
  );
}

function notesOnAsk(
  claim: string,
  request: string,
  ask: DeviceAsk,
  pools: readonly NodePool[],
  judgement: Judgement,
): Finding[] {
  const what = `Request ${request} of ${claim}`;
  if (!judgement.classes.has(ask.className)) {
    return [{
      code: "class-missing",
      blocks: true,
      text: `${what} names the DeviceClass ${ask.className}, which does not exist.`,
      remedy:
        "Create it (this driver's: dramemory manifests on a node, or the chart; another's comes with that driver), or " +
        `name one of: ${[...judgement.classes.keys()].join(", ") || "none is there"}.`,
    }];
  }
  const others = otherDriversOf(ask, judgement.classes, driverName);
  if (others.length > 0) {
    return [{
      code: "other-driver",
      blocks: false,
      text: `${what} is for ${others.join(" and ")}, and is not judged.`,
    }];
  }
  const notes: Finding[] = [];
  if (ask.adminAccess) {
    notes.push({
      code: "admin-access",
      blocks: false,
      text:
        `${what} asks for adminAccess: the scheduler counts nothing of it, and looks for room all the same.`,
    });
  }
  if (ask.count !== undefined && ask.count > 1) {
    notes.push({
      code: "count",
      blocks: false,
      text: `${what} has count: ${ask.count}: that is ${ask.count} different devices, ` +
        "which are as many NUMA nodes, never two shares of one.",
    });
  }
  if (ask.count === undefined) {
    notes.push({
      code: "all",
      blocks: false,
      text: `${what} has allocationMode: All: it takes a share of each NUMA node at once, ` +
        (judgement.rules.allSkipsFullDevices
          ? "and leaves out those that have no room now."
          : "and waits as long as one of them has no room."),
    });
  }
  return [
    ...notes,
    ...notesOnSelectors(request, claim, ask, pools, judgement),
    ...notesOnAmount(what, ask, pools, judgement),
  ];
}
