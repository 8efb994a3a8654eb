import type { DeviceAsk } from "../cluster/claims.ts";
import { type ClusterDevice, type DeviceKey, deviceKey } from "../cluster/device.ts";
import { driverName } from "../../values/driver.ts";
import { isTaken, selects, taintOn } from "./ask.ts";
import { consumptionOf } from "./capacity.ts";
import type { Judgement } from "./judgement.ts";
import { SearchEnd } from "./search_end.ts";

/** A device of a pool. */
export interface Located {
  readonly pool: string;
  readonly device: ClusterDevice;
  readonly key: DeviceKey;
}

/** A device at its address. */
export function locatedIn(pool: string, device: ClusterDevice): Located {
  return { pool, device, key: deviceKey(pool, device.name) };
}

/**
 * What devices have for requests, beside what claims hold of them and what a search has given out on its way. Where the
 * scheduler would fail on a device, its methods throw {@link SearchEnd}.
 */
export class Room {
  readonly #judgement: Judgement;
  readonly #given = new Map<DeviceKey, Map<string, bigint>>();
  /** Devices that are not shared, and the claims that they were given to. */
  readonly #wholes = new Map<DeviceKey, number[]>();

  constructor(judgement: Judgement) {
    this.#judgement = judgement;
  }

  /** Whether a device is in use as a whole, which is asked before anything else. `claim` is the one that asks. */
  inUse({ adminAccess }: DeviceAsk, { key }: Located, claim: number): boolean {
    const owners = this.#wholes.get(key) ?? [];
    if (adminAccess) return owners.includes(claim);
    return owners.length > 0 || this.#judgement.usage.of(key).whole;
  }

  /** Whether class and selectors of a request take a device. */
  selects(ask: DeviceAsk, { device }: Located): boolean {
    const verdict = selects(ask, device, this.#judgement.classes, this.#judgement.selectors);
    if (typeof verdict === "boolean") return verdict;
    throw new SearchEnd(verdict.kind === "errs" ? "fails" : "unknown", verdict.why);
  }

  /** Whether claims that there are or a taint keep a device from a request, which is asked last. */
  isBarred(ask: DeviceAsk, { device, key }: Located): boolean {
    const { usage, rules } = this.#judgement;
    return isTaken(ask, device, usage.of(key), rules) || taintOn(ask, device) !== undefined;
  }

  /** What a request would take of a device that were empty; undefined when that has too little. */
  ofEmpty(ask: DeviceAsk, { device }: Located): ReadonlyMap<string, bigint> | undefined {
    const consumption = consumptionOf(ask.capacity, device, driverName, this.#judgement.rules);
    if (consumption.kind === "unknown" || consumption.kind === "fails") {
      throw new SearchEnd(consumption.kind, consumption.why);
    }
    return consumption.kind === "takes" ? consumption.amounts : undefined;
  }

  /** What a request takes of a device as it is; undefined when there is too little left. */
  ofRest(ask: DeviceAsk, located: Located): ReadonlyMap<string, bigint> | undefined {
    const amounts = this.ofEmpty(ask, located);
    const { device, key } = located;
    const { consumed } = this.#judgement.usage.of(key);
    const given = this.#given.get(key);
    for (const [name, bytes] of amounts ?? []) {
      const total = bytes + (consumed.get(name) ?? 0n) + (given?.get(name) ?? 0n);
      if (total > (device.capacity[name]?.value ?? 0n)) return undefined;
    }
    return amounts;
  }

  /** Gives amounts of a device to a claim, or all of one that is not shared. */
  give(located: Located, amounts: ReadonlyMap<string, bigint>, claim: number): void {
    if (located.device.shared) this.#account(located.key, amounts, 1n);
    else this.#wholes.set(located.key, [...this.#wholes.get(located.key) ?? [], claim]);
  }

  /** Takes back what was given last of a device. */
  takeBack(located: Located, amounts: ReadonlyMap<string, bigint>): void {
    if (located.device.shared) this.#account(located.key, amounts, -1n);
    else this.#wholes.get(located.key)?.pop();
  }

  #account(key: DeviceKey, amounts: ReadonlyMap<string, bigint>, sign: bigint): void {
    const given = this.#given.get(key) ?? new Map<string, bigint>();
    this.#given.set(key, given);
    for (const [name, bytes] of amounts) given.set(name, (given.get(name) ?? 0n) + sign * bytes);
  }
}
