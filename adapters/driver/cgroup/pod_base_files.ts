import { join } from "node:path";
import * as v from "valibot";
import { type PodUid, podUid } from "../../../core/values/ids.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { formatPageSize, type PageSize, parsePageSize } from "../../../core/values/page_size.ts";
import { quoted } from "../../../core/values/quoted.ts";
import type { BaseLimits, PodBases } from "../../../core/ports/pod_bases.ts";
import type { HugetlbLimits } from "../../../core/ports/pod_cgroup.ts";
import { removeQuickly, replaceQuickly } from "../../shared/files/replace_quickly.ts";
import { keptLimit } from "./kept_limit.ts";

const document = v.record(v.string(), v.object({ usage: keptLimit, reservation: keptLimit }));

/** The kubelet's uids are UUIDs, or, for static pods, hexadecimal digests. Nothing else may become a file's name. */
const safeUid = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;
const suffix = ".json";

/**
 * Keeps what the kubelet set of pods' limits in a file for each pod.
 *
 * Files are written on this thread, since a container waits, and nobody waits for the disk: a file has to outlive the
 * driver, and what the kubelet sets anew after a crash of the machine is the same.
 */
export class PodBaseFiles implements PodBases {
  readonly #directory: string;
  readonly #onError: (message: string) => void;

  /** The directory is made if need be. */
  constructor(directory: string, onError: (message: string) => void) {
    this.#directory = directory;
    this.#onError = onError;
  }

  async load(): Promise<ReadonlyMap<PodUid, BaseLimits>> {
    const loaded = new Map<PodUid, BaseLimits>();
    for (const name of await this.#names()) {
      const path = join(this.#directory, name);
      try {
        loaded.set(podUid(name.slice(0, -suffix.length)), parse(await Deno.readTextFile(path)));
      } catch (error) {
        // Another instance forgot it a moment ago.
        if (!(error instanceof Deno.errors.NotFound)) this.#failed("read", path, error);
      }
    }
    return loaded;
  }

  keep(pod: PodUid, limits: BaseLimits): void {
    if (!safeUid.test(pod)) {
      return this.#onError(
        `Cannot keep the limits of a pod whose uid is ${quoted(pod)}: it cannot name a file`,
      );
    }
    const path = join(this.#directory, pod + suffix);
    try {
      replaceQuickly(path, format(limits));
    } catch (error) {
      this.#failed("write", path, error);
    }
  }

  forget(pod: PodUid): void {
    if (!safeUid.test(pod)) return;
    const path = join(this.#directory, pod + suffix);
    try {
      removeQuickly(path);
    } catch (error) {
      this.#failed("remove", path, error);
    }
  }

  async #names(): Promise<string[]> {
    try {
      const entries = await Array.fromAsync(Deno.readDir(this.#directory));
      return entries.filter(({ isFile, name }) => isFile && name.endsWith(suffix)).map(({ name }) => name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) this.#failed("read", this.#directory, error);
      return [];
    }
  }

  #failed(action: "read" | "write" | "remove", path: string, error: unknown): void {
    this.#onError(`Cannot ${action} ${path}: ${messageOf(error)}`);
  }
}

function parse(text: string): BaseLimits {
  const sizes = v.parse(document, JSON.parse(text));
  return new Map<PageSize, HugetlbLimits>(
    Object.entries(sizes).map(([size, limits]) => [parsePageSize(size), limits]),
  );
}

function format(limits: BaseLimits): string {
  return JSON.stringify(Object.fromEntries(
    [...limits].map(([size, { usage, reservation }]) => [
      formatPageSize(size),
      { usage: `${usage}`, reservation: `${reservation}` },
    ]),
  ));
}
