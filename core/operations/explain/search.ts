import type { ClaimSpec, DeviceAsk } from "../cluster/claims.ts";
import { type ClusterDevice, type DeviceKey, deviceKey } from "../cluster/device.ts";
import type { NodePool } from "../cluster/pools.ts";
import { driverName } from "../../values/driver.ts";
import { isTaken, otherDriversOf, selects, taintOn } from "./ask.ts";
import { consumptionOf } from "./capacity.ts";
import { ConstraintState } from "./constraints.ts";
import type { Judgement, Outcome, Placement } from "./judgement.ts";

/** `AllocationResultsMaxSize` of resource.k8s.io/v1. */
export const maxDevicesPerClaim = 32;

/** A search that goes on for longer is given up: the scheduler's own ends after ten seconds. */
const maxSteps = 200_000;

/**
 * Looks for devices for claims on the pools of one node, as the scheduler's allocator does: all claims together, the
 * first devices in their order that satisfy selectors, taints, capacity and constraints, with everything taken back
 * and tried otherwise where it does not work out. Requests of other drivers are passed over.
 *
 * Where the scheduler would fail on the way, so does this: an error that the first solution is found before is none.
 */
export function search(
  claims: readonly ClaimSpec[],
  pools: readonly NodePool[],
  judgement: Judgement,
): Outcome {
  try {
    const found = new Search(claims, pools, judgement).run();
    return found === undefined ? { kind: "refused" } : { kind: "fits", placements: found };
  } catch (error) {
    if (error instanceof SearchEnd) {
      return error.kind === "refused" ? { kind: "refused" } : { kind: error.kind, why: error.message };
    }
    throw error;
  }
}

/** Ends the search without a verdict. */
class SearchEnd extends Error {
  override name = "SearchEnd";
  constructor(readonly kind: Exclude<Outcome["kind"], "fits">, why: string) {
    super(why);
  }
}

/** What is left of a search when a claim would get more devices than one can have. */
type Done = boolean | "too-many";

interface Located {
  readonly pool: string;
  readonly device: ClusterDevice;
  readonly key: DeviceKey;
}

function locatedIn(pool: string, device: ClusterDevice): Located {
  return { pool, device, key: deviceKey(pool, device.name) };
}

interface Prepared {
  readonly ask: DeviceAsk;
  readonly count: number;
  /** All that `allocationMode: All` wants. */
  readonly all?: readonly Located[];
}

interface Position {
  readonly claim: number;
  readonly request: number;
  /** Of the alternatives; undefined while none was chosen. */
  readonly alternative?: number;
  /** How many devices the request has. */
  readonly given: number;
  /** Index of the next device that may be taken. */
  readonly start: number;
}

class Search {
  readonly #claims: readonly ClaimSpec[];
  readonly #judgement: Judgement;
  readonly #pools: readonly NodePool[];
  readonly #devices: readonly Located[];
  readonly #prepared: readonly (readonly (readonly Prepared[])[])[];
  readonly #constraints: readonly (readonly ConstraintState[])[];
  readonly #placements: Placement[] = [];
  readonly #taken = new Map<DeviceKey, Map<string, bigint>>();
  /** Devices that are not shared, and the claims that have them. */
  readonly #wholes = new Map<DeviceKey, number[]>();
  #steps = 0;

  constructor(claims: readonly ClaimSpec[], pools: readonly NodePool[], judgement: Judgement) {
    this.#claims = claims;
    this.#pools = pools;
    this.#judgement = judgement;
    this.#devices = pools.flatMap(({ name, state, devices }) =>
      state === "whole" ? devices.map((device) => locatedIn(name, device)) : []
    );
    this.#prepared = claims.map((claim) => this.#prepare(claim));
    this.#constraints = claims.map(({ constraints }) =>
      constraints.map((constraint) => new ConstraintState(constraint, driverName, judgement.rules))
    );
  }

  run(): Placement[] | undefined {
    const done = this.#next({ claim: 0, request: 0, given: 0, start: 0 });
    return done === true ? this.#placements : undefined;
  }

  #prepare({ requests }: ClaimSpec): Prepared[][] {
    const prepared = requests.map(({ alternatives }) => alternatives.map((ask) => this.#prepareAsk(ask)));
    const least = prepared.reduce((sum, asks) => sum + Math.min(...asks.map(({ count }) => count)), 0);
    if (least > maxDevicesPerClaim) {
      throw new SearchEnd(
        "fails",
        `it asks for ${least} devices, and a claim can have ${maxDevicesPerClaim}`,
      );
    }
    return prepared;
  }

  #prepareAsk(ask: DeviceAsk): Prepared {
    const { classes, rules } = this.#judgement;
    if (!classes.has(ask.className)) {
      throw new SearchEnd("fails", `there is no DeviceClass ${ask.className}`);
    }
    if (otherDriversOf(ask, classes, driverName).length > 0) return { ask, count: 0 };
    if (ask.count !== undefined) return { ask, count: ask.count };
    const all = this.#pools.flatMap(({ name, state, devices }) => {
      if (state !== "whole") {
        throw new SearchEnd(
          rules.allNeedsEveryPool ? "fails" : "refused",
          `it asks for all devices, and pool ${name} is ${state}`,
        );
      }
      return devices.map((device) => locatedIn(name, device)).filter((located) =>
        this.#selects(ask, located) && this.#amounts(ask, located, rules.allSkipsFullDevices) !== undefined
      );
    });
    return { ask, count: all.length, all };
  }

  #next(position: Position): Done {
    if (++this.#steps > maxSteps) throw new SearchEnd("unknown", "there are too many ways to try");
    const { claim, request, alternative } = position;
    const asks = this.#prepared[claim];
    if (asks === undefined) return true;
    const choices = asks[request];
    if (choices === undefined) {
      const done = this.#next({ claim: claim + 1, request: 0, given: 0, start: 0 });
      return done === "too-many" ? false : done;
    }
    if (alternative === undefined) return this.#alternatives(position, choices.length);
    const prepared = choices[alternative];
    if (prepared === undefined) return false;
    if (prepared.all?.length === 0) return false;
    if (position.given >= prepared.count) {
      return this.#next({ claim, request: request + 1, given: 0, start: 0 });
    }
    const held = this.#placements.filter((placement) => placement.claim === claim).length;
    if (held + prepared.count - position.given > maxDevicesPerClaim) return "too-many";
    if (prepared.all === undefined) return this.#any(position, prepared.ask);
    const located = prepared.all[position.given];
    return located !== undefined && this.#tried(position, prepared.ask, located, position.start, true);
  }

  #alternatives(position: Position, count: number): Done {
    let everyTooMany = true;
    for (let alternative = 0; alternative < count; alternative++) {
      const done = this.#next({ ...position, alternative });
      if (done === true) return true;
      everyTooMany &&= done === "too-many";
    }
    return everyTooMany ? "too-many" : false;
  }

  #any(position: Position, ask: DeviceAsk): Done {
    for (let index = position.start; index < this.#devices.length; index++) {
      const located = this.#devices[index];
      if (located === undefined || this.#inUse(ask, located.key, position.claim)) continue;
      if (!this.#selects(ask, located) || this.#amounts(ask, located, true) === undefined) continue;
      const done = this.#tried(position, ask, located, index + 1, false);
      if (done !== false) return done;
    }
    return false;
  }

  /** Takes a device, goes on from there, and gives it back where that leads nowhere. */
  #tried(position: Position, ask: DeviceAsk, located: Located, start: number, must: boolean): Done {
    const { claim, request } = position;
    const { key, device, pool } = located;
    const { usage, rules } = this.#judgement;
    if (this.#inUse(ask, key, claim) || isTaken(ask, device, usage.of(key), rules)) return false;
    if (taintOn(ask, device) !== undefined) return false;
    const name = this.#claims[claim]?.requests[request]?.name ?? "";
    const added: ConstraintState[] = [];
    const giveBack = () => added.forEach((constraint) => constraint.remove(name, ask.name));
    for (const constraint of this.#constraints[claim] ?? []) {
      if (!constraint.add(name, ask.name, device)) {
        giveBack();
        if (must) throw new SearchEnd("fails", `a constraint keeps request ${name} from having all devices`);
        return false;
      }
      added.push(constraint);
    }
    const amounts = this.#amounts(ask, located, true);
    if (amounts === undefined) {
      giveBack();
      return false;
    }
    this.#account(located, amounts, claim, 1n);
    this.#placements.push({
      claim,
      request: name,
      ...(ask.name === undefined ? {} : { subrequest: ask.name }),
      pool,
      device,
      amounts,
    });
    const done = this.#next({ ...position, given: position.given + 1, start });
    if (done === true) return true;
    this.#placements.pop();
    this.#account(located, amounts, claim, -1n);
    giveBack();
    return done;
  }

  #account({ key, device }: Located, amounts: ReadonlyMap<string, bigint>, claim: number, sign: bigint) {
    if (!device.shared) {
      const owners = this.#wholes.get(key) ?? [];
      this.#wholes.set(key, owners);
      if (sign > 0n) owners.push(claim);
      else owners.pop();
      return;
    }
    const taken = this.#taken.get(key) ?? new Map<string, bigint>();
    this.#taken.set(key, taken);
    for (const [name, bytes] of amounts) taken.set(name, (taken.get(name) ?? 0n) + sign * bytes);
  }

  #inUse({ adminAccess }: DeviceAsk, key: DeviceKey, claim: number): boolean {
    const owners = this.#wholes.get(key) ?? [];
    if (adminAccess) return owners.includes(claim);
    return owners.length > 0 || this.#judgement.usage.of(key).whole;
  }

  #selects(ask: DeviceAsk, { device }: Located): boolean {
    const verdict = selects(ask, device, this.#judgement.classes, this.#judgement.selectors);
    if (typeof verdict === "boolean") return verdict;
    throw new SearchEnd(verdict.kind === "errs" ? "fails" : "unknown", verdict.why);
  }

  /** What a request takes of a device; undefined when there is no room, or never was if `now` is false. */
  #amounts(ask: DeviceAsk, { device, key }: Located, now: boolean): ReadonlyMap<string, bigint> | undefined {
    const consumption = consumptionOf(ask.capacity, device, driverName, this.#judgement.rules);
    if (consumption.kind === "unknown" || consumption.kind === "fails") {
      throw new SearchEnd(consumption.kind, consumption.why);
    }
    if (consumption.kind !== "takes") return undefined;
    if (!now) return consumption.amounts;
    const { consumed } = this.#judgement.usage.of(key);
    const taken = this.#taken.get(key);
    for (const [name, bytes] of consumption.amounts) {
      const total = bytes + (consumed.get(name) ?? 0n) + (taken?.get(name) ?? 0n);
      if (total > (device.capacity[name]?.value ?? 0n)) return undefined;
    }
    return consumption.amounts;
  }
}
