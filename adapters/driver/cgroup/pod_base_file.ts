import { dirname } from "node:path";
import * as v from "valibot";
import { podUid } from "../../../core/values/ids.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { formatPageSize, parsePageSize } from "../../../core/values/page_size.ts";
import type { BaseLimits, PodBases } from "../../../core/ports/pod_bases.ts";

const limit = v.union([
  v.literal("max"),
  v.pipe(v.string(), v.regex(/^\d{1,19}$/), v.transform((digits: string) => BigInt(digits))),
]);
const document = v.object({
  pods: v.record(v.string(), v.record(v.string(), v.object({ usage: limit, reservation: limit }))),
});

/**
 * Keeps what the kubelet set of pods' limits in a file, all of it in one. Nothing waits for the disk: the file has to
 * outlive the driver, and what the kubelet sets anew after a crash of the machine is the same.
 */
export class PodBaseFile implements PodBases {
  readonly #path: string;
  readonly #onError: (message: string) => void;

  /** Its directory is made if need be. */
  constructor(path: string, onError: (message: string) => void) {
    this.#path = path;
    this.#onError = onError;
  }

  async load(): Promise<BaseLimits> {
    try {
      const { pods } = v.parse(document, JSON.parse(await Deno.readTextFile(this.#path)));
      return new Map(
        Object.entries(pods).map(([uid, sizes]) => [
          podUid(uid),
          new Map(Object.entries(sizes).map(([size, limits]) => [parsePageSize(size), limits])),
        ]),
      );
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        this.#onError(`Cannot read ${this.#path}: ${messageOf(error)}`);
      }
      return new Map();
    }
  }

  save(bases: BaseLimits): Promise<void> {
    const pods = Object.fromEntries(
      [...bases].map(([pod, sizes]) => [
        pod,
        Object.fromEntries([...sizes].map(([size, { usage, reservation }]) => [
          formatPageSize(size),
          { usage: `${usage}`, reservation: `${reservation}` },
        ])),
      ]),
    );
    try {
      this.#write(JSON.stringify({ pods }));
    } catch (error) {
      this.#onError(`Cannot write ${this.#path}: ${messageOf(error)}`);
    }
    return Promise.resolve();
  }

  /** On this thread: a container waits for it, and a small file that nobody syncs takes less than handing it over. */
  #write(text: string): void {
    const temporary = `${this.#path}.tmp`;
    const write = () => Deno.writeTextFileSync(temporary, text, { mode: 0o600 });
    try {
      write();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(dirname(this.#path), { recursive: true });
      write();
    }
    Deno.renameSync(temporary, this.#path);
  }
}
