import type { ClaimSpec, DeviceAsk } from "../cluster/claims.ts";
import type { NodePool } from "../cluster/pools.ts";
import { driverName } from "../../values/driver.ts";
import { ConstraintState } from "./constraints.ts";
import type { Judgement, Outcome, Placement } from "./judgement.ts";
import { maxDevicesPerClaim, type PreparedAsk, preparedAsks } from "./prepared_asks.ts";
import { type Located, locatedIn, Room } from "./room.ts";
import { SearchEnd } from "./search_end.ts";

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

/** What is left of a search when a claim would get more devices than one can have. */
type Done = boolean | "too-many";

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
  readonly #room: Room;
  readonly #devices: readonly Located[];
  readonly #prepared: readonly (readonly (readonly PreparedAsk[])[])[];
  readonly #constraints: readonly (readonly ConstraintState[])[];
  readonly #placements: Placement[] = [];
  #steps = 0;

  constructor(claims: readonly ClaimSpec[], pools: readonly NodePool[], judgement: Judgement) {
    this.#claims = claims;
    const room = new Room(judgement);
    this.#room = room;
    this.#devices = pools.flatMap(({ name, state, devices }) =>
      state === "whole" ? devices.map((device) => locatedIn(name, device)) : []
    );
    this.#prepared = claims.map((claim) => preparedAsks(claim, pools, judgement, room));
    this.#constraints = claims.map(({ constraints }) =>
      constraints.map((constraint) => new ConstraintState(constraint, driverName, judgement.rules))
    );
  }

  run(): Placement[] | undefined {
    const done = this.#next({ claim: 0, request: 0, given: 0, start: 0 });
    return done === true ? this.#placements : undefined;
  }

  /** Goes on with the next request, alternative or device that is wanted. */
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

  /** The first alternative that the rest can be found for. */
  #alternatives(position: Position, count: number): Done {
    let everyTooMany = true;
    for (let alternative = 0; alternative < count; alternative++) {
      const done = this.#next({ ...position, alternative });
      if (done === true) return true;
      everyTooMany &&= done === "too-many";
    }
    return everyTooMany ? "too-many" : false;
  }

  /** The first device from the position on that the rest can be found for. */
  #any(position: Position, ask: DeviceAsk): Done {
    for (let index = position.start; index < this.#devices.length; index++) {
      const located = this.#devices[index];
      if (located === undefined || this.#room.inUse(ask, located, position.claim)) continue;
      if (!this.#room.selects(ask, located) || this.#room.ofRest(ask, located) === undefined) continue;
      const done = this.#tried(position, ask, located, index + 1, false);
      if (done !== false) return done;
    }
    return false;
  }

  /** Takes a device, goes on from there, and gives it back where that leads nowhere. */
  #tried(position: Position, ask: DeviceAsk, located: Located, start: number, must: boolean): Done {
    const { claim, request } = position;
    const { device, pool } = located;
    if (this.#room.inUse(ask, located, claim) || this.#room.isBarred(ask, located)) return false;
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
    const amounts = this.#room.ofRest(ask, located);
    if (amounts === undefined) {
      giveBack();
      return false;
    }
    this.#room.give(located, amounts, claim);
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
    this.#room.takeBack(located, amounts);
    giveBack();
    return done;
  }
}
