import { sizeCapacity } from "../../devices/slice_device.ts";
import { driverName } from "../../values/driver.ts";
import { shortQuantity } from "../../values/human_bytes.ts";
import { parseWholeBytes } from "../../values/quantity.ts";
import type { DeviceAsk } from "../cluster/claims.ts";
import type { NodePool } from "../cluster/pools.ts";
import { selects } from "./ask.ts";
import { consumptionOf, sameCapacity } from "./capacity.ts";
import type { Finding } from "./finding.ts";
import type { Judgement } from "./judgement.ts";

/** What becomes of the amount that a request asks for. `what` is the request in words. */
export function notesOnAmount(
  what: string,
  ask: DeviceAsk,
  pools: readonly NodePool[],
  judgement: Judgement,
): Finding[] {
  const { classes, selectors, rules } = judgement;
  const device = pools.flatMap(({ devices }) => devices).find((device) =>
    selects(ask, device, classes, selectors) === true
  );
  if (device === undefined) return [];
  const consumption = consumptionOf(ask.capacity, device, driverName, rules);
  if (consumption.kind === "no-such-capacity") {
    const { name, similar } = consumption;
    // Another name altogether is told by what rules out the nodes.
    if (similar === undefined || !sameCapacity(name, similar, driverName)) return [];
    return [{
      code: "capacity-name",
      blocks: true,
      text: `${what} asks for ${name}. Its devices call it ${similar}, and this version of ` +
        "the scheduler compares names as they stand: nothing ever matches, without a word.",
      remedy: `Write ${similar}.`,
    }];
  }
  if (consumption.kind !== "takes") return [];
  const bytes = consumption.amounts.get(sizeCapacity);
  const [asked] = Object.values(ask.capacity);
  if (bytes === undefined) return [];
  if (asked === undefined) {
    return [{
      code: "default-size",
      blocks: false,
      text: `${what} says no size: it is given ${shortQuantity(bytes)}.`,
    }];
  }
  if (parseWholeBytes(asked) === bytes) return [];
  return [{
    code: "rounded",
    blocks: false,
    text: `${what} asks for ${asked} and is given ${shortQuantity(bytes)}: ${device.name} gives whole pages.`,
  }];
}
