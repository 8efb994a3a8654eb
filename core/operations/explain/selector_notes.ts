import type { DeviceAsk } from "../cluster/claims.ts";
import type { AttributeValue, ClusterDevice } from "../cluster/device.ts";
import type { NodePool } from "../cluster/pools.ts";
import { driverName } from "../../values/driver.ts";
import { selects } from "./ask.ts";
import type { Finding } from "./finding.ts";
import type { Judgement } from "./judgement.ts";

const maxValues = 4;

/** Where a request's selectors take no device of its class, or err on one: what they could go by. */
export function notesOnSelectors(
  request: string,
  claim: string,
  ask: DeviceAsk,
  pools: readonly NodePool[],
  { classes, selectors }: Judgement,
): Finding[] {
  if (ask.selectors.length === 0) return [];
  const devices = [...new Set(pools.flatMap(({ devices }) => devices))].filter((device) =>
    selects({ ...ask, selectors: [] }, device, classes, selectors) === true
  );
  const verdicts = devices.map((device) => selects(ask, device, classes, selectors));
  const errs = verdicts.some((verdict) => typeof verdict === "object" && verdict.kind === "errs");
  if (devices.length === 0 || verdicts.includes(true) && !errs) return [];
  const remedy =
    "A selector that names what a device lacks has the scheduler give the pod up: ask first, as in " +
    "has(device.attributes[…].name), or write .?name.orValue(…).";
  return [{
    code: "selector",
    blocks: false,
    text: `The devices of class ${ask.className}, which request ${request} of ${claim} selects among, have ${
      attributesIn(devices)
    }.`,
    ...(errs ? { remedy } : {}),
  }];
}

/** `resource.kubernetes.io/numaNode (0, 1) and resource.kubernetes.io/pageSize (2m)`, with the driver's domain. */
function attributesIn(devices: readonly ClusterDevice[]): string {
  const values = new Map<string, Set<string>>();
  for (const { attributes } of devices) {
    for (const [name, value] of Object.entries(attributes)) {
      const qualified = name.includes("/") ? name : `${driverName}/${name}`;
      values.set(qualified, (values.get(qualified) ?? new Set<string>()).union(new Set(textsOf(value))));
    }
  }
  return [...values].map(([name, texts]) => {
    const more = texts.size > maxValues ? ", …" : "";
    return `${name} (${[...texts].slice(0, maxValues).join(", ")}${more})`;
  }).join(", ");
}

function textsOf(value: AttributeValue): string[] {
  if (value.kind === "other") return ["…"];
  return value.kind === "list" ? value.values.map((each) => `${each.value}`) : [`${value.value}`];
}
