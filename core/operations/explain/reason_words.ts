import { driverName } from "../../values/driver.ts";
import { shortAtMost, shortQuantity } from "../../values/human_bytes.ts";
import { sameCapacity } from "./capacity.ts";
import type { NodeReason } from "./placement.ts";
import type { ReasonGroup } from "./reason_groups.ts";

/** A group in words, from the count on: `2 nodes lack 8Gi on any one NUMA node for request ram, …`. */
export function formatGroup({ reason, nearest, count }: ReasonGroup): string {
  const one = count === 1;
  const nodes = one ? "1 node" : `${count} nodes`;
  const verb = (plural: string, singular: string) => one ? singular : plural;
  switch (reason.kind) {
    case "node-cordoned":
      return `${nodes} ${verb("are", "is")} cordoned (kubectl uncordon)`;
    case "node-taint":
      return `${nodes} ${verb("have", "has")} the taint ${reason.taint}, which the pod does not tolerate`;
    case "node-selector":
      return `${nodes} ${verb("lack", "lacks")} the label ${reason.label} of the pod's nodeSelector`;
    case "node-affinity":
      return `${nodes} ${verb("do", "does")} not match the pod's node affinity`;
    case "claim-elsewhere":
      return `${nodes} ${verb("are", "is")} not ${reason.node}, which claim ${reason.claim} lies on already`;
    case "no-devices":
      return `${nodes} ${verb("publish", "publishes")} no memory or hugepages (does the driver run there?)`;
    case "constraint":
      return `${nodes} ${
        verb("have", "has")
      } devices for each request of ${reason.claim}, but none that agree on ` +
        reason.attributes.join(" and ");
    case "together":
      return `${nodes} ${
        verb("have", "has")
      } enough for each request alone, but not for all of them together`;
    case "fails":
      return `on ${nodes} the scheduler gives the pod up: ${reason.why}`;
    case "not-judged":
      return `${nodes} ${verb("are", "is")} not judged: ${reason.why}`;
    default:
      return requestSentence(reason, nodes, verb, nearest);
  }
}

const obstacles = {
  "no-room": "has no room for it",
  "device-taint": "has a taint that it does not tolerate",
  "device-taken": "cannot be shared with the claims that hold it",
} as const;

function requestSentence(
  reason: Extract<NodeReason, { request: string }>,
  nodes: string,
  verb: (plural: string, singular: string) => string,
  nearest: string,
): string {
  const request = `request ${reason.request} of ${reason.claim}`;
  switch (reason.kind) {
    case "class":
      return `${nodes} ${verb("have", "has")} no device of class ${reason.className} for ${request}`;
    case "selector":
      return `${nodes} ${
        verb("have", "has")
      } no device that the selector of ${request} takes: ${reason.expression}`;
    case "pool-incomplete":
      return `${nodes} ${
        verb("have", "has")
      } a pool that is being written: ${reason.pool} lacks slices (${request})`;
    case "pool-invalid":
      return `${nodes} ${
        verb("have", "has")
      } a pool with a device twice, which nobody gets anything of: ${reason.pool}`;
    case "selector-errs":
      return `on ${nodes} the scheduler gives the pod up for ${request}: ${reason.why}`;
    case "no-such-capacity":
      return `${nodes} ${
        verb("have", "has")
      } no device with a capacity named ${reason.name}, which ${request} asks for` +
        (reason.similar === undefined
          ? ""
          : sameCapacity(reason.name, reason.similar, driverName)
          ? `: its name is ${reason.similar}, and the scheduler compares names as they stand`
          : `: there is ${reason.similar} alone`);
    case "above-policy":
      return `${nodes} ${verb("give", "gives")} no ${shortQuantity(reason.bytes)} at once to ${request}`;
    case "above-device":
      return `${nodes} ${verb("are", "is")} too small for ${request}: no NUMA node has ${
        shortQuantity(reason.bytes)
      } even when it ` +
        `is empty, the largest is ${nearest} ${reason.device} with ${shortAtMost(reason.most)}`;
    case "device-taint":
      return `${nodes} ${
        verb("have", "has")
      } only devices with taints that ${request} does not tolerate: ${reason.device} ${reason.taint}`;
    case "device-taken":
      return `${nodes} ${
        verb("have", "has")
      } only devices that other claims hold and that cannot be shared with them: ${reason.device} (${request})`;
    case "no-room":
      return `${nodes} ${verb("lack", "lacks")} ${
        shortQuantity(reason.bytes)
      } on any one NUMA node for ${request}, ` +
        `the nearest is ${nearest} ${reason.device} with ${shortAtMost(reason.free)} free`;
    case "count":
      return `${nodes} ${
        verb("have", "has")
      } ${reason.found} of the ${reason.count} devices that ${request} wants: ` +
        "the devices of one request are different ones";
    case "not-all":
      return `${nodes} cannot give all devices to ${request}: ${nearest} ${reason.device} ${
        obstacles[reason.obstacle]
      }`;
    case "unknown":
      return `${nodes} ${verb("are", "is")} not judged for ${request}: ${reason.why}`;
  }
}
