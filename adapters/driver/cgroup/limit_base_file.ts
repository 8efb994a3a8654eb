import * as v from "valibot";
import type { LimitBases, RaisedLimit } from "../../../core/ports/limit_bases.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { replaceQuickly } from "../../shared/files/replace_quickly.ts";
import { keptLimit } from "./kept_limit.ts";

const document = v.object({
  limits: v.record(v.string(), v.object({ base: keptLimit, written: keptLimit })),
});

/**
 * Keeps what limits of memory were before the driver raised them in a file. Nobody waits for the disk: it has to outlive the
 * driver, and after a crash of the machine all limits are made anew.
 */
export class LimitBaseFile implements LimitBases {
  readonly #path: string;
  readonly #onError: (message: string) => void;

  /** Its directory is made if need be. */
  constructor(path: string, onError: (message: string) => void) {
    this.#path = path;
    this.#onError = onError;
  }

  async load(): Promise<ReadonlyMap<string, RaisedLimit>> {
    try {
      return new Map(
        Object.entries(v.parse(document, JSON.parse(await Deno.readTextFile(this.#path))).limits),
      );
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        this.#onError(`Cannot read ${this.#path}: ${messageOf(error)}`);
      }
      return new Map();
    }
  }

  save(raised: ReadonlyMap<string, RaisedLimit>): Promise<void> {
    const limits = Object.fromEntries(
      [...raised].map(([key, { base, written }]) => [key, { base: `${base}`, written: `${written}` }]),
    );
    try {
      replaceQuickly(this.#path, JSON.stringify({ limits }));
    } catch (error) {
      this.#onError(`Cannot write ${this.#path}: ${messageOf(error)}`);
    }
    return Promise.resolve();
  }
}
