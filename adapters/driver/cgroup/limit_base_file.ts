import { dirname } from "node:path";
import * as v from "valibot";
import type { LimitBases, RaisedLimit } from "../../../core/ports/limit_bases.ts";
import { messageOf } from "../../../core/values/message_of.ts";

const limit = v.union([
  v.literal("max"),
  v.pipe(v.string(), v.regex(/^\d{1,19}$/), v.transform((digits: string) => BigInt(digits))),
]);
const document = v.object({ limits: v.record(v.string(), v.object({ base: limit, written: limit })) });

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

/** On this thread: a container waits for it, and handing it over would take longer. */
function replaceQuickly(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  const write = () => Deno.writeTextFileSync(temporary, text, { mode: 0o600 });
  try {
    write();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(dirname(path), { recursive: true });
    write();
  }
  Deno.renameSync(temporary, path);
}
