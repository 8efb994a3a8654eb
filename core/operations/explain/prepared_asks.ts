import type { ClaimSpec, DeviceAsk } from "../cluster/claims.ts";
import type { NodePool } from "../cluster/pools.ts";
import { driverName } from "../../values/driver.ts";
import { otherDriversOf } from "./ask.ts";
import type { Judgement } from "./judgement.ts";
import { type Located, locatedIn, type Room } from "./room.ts";
import { SearchEnd } from "./search_end.ts";

/** `AllocationResultsMaxSize` of resource.k8s.io/v1. */
export const maxDevicesPerClaim = 32;

/** An alternative of a request, and how many devices it wants on a node: none where it is another driver's. */
export interface PreparedAsk {
  readonly ask: DeviceAsk;
  readonly count: number;
  /** All that `allocationMode: All` wants. */
  readonly all?: readonly Located[];
}

/**
 * What the requests of a claim want on a node, by request and alternative, which the scheduler looks at before it looks
 * for devices. Throws {@link SearchEnd} where it goes no further.
 */
export function preparedAsks(
  { requests }: ClaimSpec,
  pools: readonly NodePool[],
  judgement: Judgement,
  room: Room,
): PreparedAsk[][] {
  const prepared = requests.map(({ alternatives }) =>
    alternatives.map((ask) => preparedAsk(ask, pools, judgement, room))
  );
  const least = prepared.reduce((sum, asks) => sum + Math.min(...asks.map(({ count }) => count)), 0);
  if (least > maxDevicesPerClaim) {
    throw new SearchEnd("fails", `it asks for ${least} devices, and a claim can have ${maxDevicesPerClaim}`);
  }
  return prepared;
}

function preparedAsk(
  ask: DeviceAsk,
  pools: readonly NodePool[],
  { classes, rules }: Judgement,
  room: Room,
): PreparedAsk {
  if (!classes.has(ask.className)) {
    throw new SearchEnd("fails", `there is no DeviceClass ${ask.className}`);
  }
  if (otherDriversOf(ask, classes, driverName).length > 0) return { ask, count: 0 };
  if (ask.count !== undefined) return { ask, count: ask.count };
  const all = pools.flatMap(({ name, state, devices }) => {
    if (state !== "whole") {
      throw new SearchEnd(
        rules.allNeedsEveryPool ? "fails" : "refused",
        `it asks for all devices, and pool ${name} is ${state}`,
      );
    }
    return devices.map((device) => locatedIn(name, device)).filter((located) =>
      room.selects(ask, located) &&
      (rules.allSkipsFullDevices ? room.ofRest(ask, located) : room.ofEmpty(ask, located)) !== undefined
    );
  });
  return { ask, count: all.length, all };
}
