import { join } from "node:path";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import {
  type CheckpointEntry,
  type CheckpointLook,
  type ClaimCheckpoint,
  ClaimCheckpointError,
  type DamagedCheckpoint,
  type LookOptions,
} from "../../../core/ports/claim_checkpoint.ts";
import type { ClaimUid } from "../../../core/values/ids.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { removeDurably, writeDurably } from "../../shared/files/durable_file.ts";
import type { FileOperations } from "../../shared/files/file_operations.ts";
import { fileOperationsIn } from "../../shared/files/memory_file_operations.ts";
import { CheckpointTextError } from "./checkpoint_text.ts";
import type { Instances } from "./instances.ts";
import { MetadataFiles } from "./metadata_files.ts";
import { withSharedSync } from "./shared_sync.ts";
import { cdiDeviceId, specOf } from "./spec.ts";
import {
  isSpecFile,
  isTemporaryFile,
  readSpecFile,
  specFileName,
  temporaryFileName,
  uidOfSpecFile,
} from "./spec_file.ts";

/** What the checkpoint depends on. */
export interface CdiCheckpointOptions {
  /** One of the directories that the runtime reads CDI specifications from. */
  readonly directory: string;
  /** Identifies the time since the machine was started. */
  readonly bootId: string;
  readonly instances: Instances;
  readonly operations?: FileOperations;
}

/**
 * The checkpoint of each claim in the CDI specification that the runtime injects from: one file for each claim.
 *
 * One file has one moment at which it becomes true, its renaming, so checkpoint and specification cannot contradict
 * each other after a crash, and a claim costs the same however many others there are. Nothing else is written that
 * could be believed instead of it. A directory that somebody removed is made again.
 */
export class CdiCheckpoint implements ClaimCheckpoint {
  readonly #directory: string;
  readonly #bootId: string;
  readonly #instances: Instances;
  readonly #operations: FileOperations;
  readonly #metadata: MetadataFiles;

  constructor({ directory, bootId, instances, operations }: CdiCheckpointOptions) {
    this.#directory = directory;
    this.#bootId = bootId;
    this.#instances = instances;
    this.#operations = withSharedSync(operations ?? fileOperationsIn(directory));
    this.#metadata = new MetadataFiles(directory, this.#operations);
  }

  look(options: LookOptions): Promise<CheckpointLook | undefined> {
    return this.#attempt("look for changes", async () => {
      const seen = await this.#instances.unseen();
      if (seen === undefined) return undefined;
      const look = await this.#readAll(options);
      seen();
      return look;
    });
  }

  has(claim: PreparedClaim): Promise<boolean> {
    const name = specFileName(claim.reference.uid);
    return this.#attempt(`look for ${name}`, async () => {
      const found = await this.#readOne(name, undefined);
      if (typeof found === "string" || found instanceof CheckpointTextError) return false;
      return await this.#metadata.has(claim);
    });
  }

  save(claim: PreparedClaim): Promise<void> {
    const { uid } = claim.reference;
    const name = specFileName(uid);
    const metadataPath = (uid: ClaimUid, request: string) => this.#metadata.path(uid, request);
    const text = JSON.stringify(specOf({ claim, bootId: this.#bootId }, metadataPath), undefined, 2);
    return this.#attempt(`write ${name}`, () =>
      this.#instances.changing(async () => {
        try {
          await this.#metadata.write(claim);
          await this.#write(name, uid, text);
        } catch (error) {
          await this.#metadata.remove(uid, claim).catch(() => {});
          throw error;
        }
      }));
  }

  remove(uid: ClaimUid, known: PreparedClaim | undefined): Promise<void> {
    const name = specFileName(uid);
    return this.#attempt(`remove ${name}`, () =>
      this.#instances.changing(async () => {
        await removeDurably(this.#operations, this.#path(name));
        // What is left of these nobody finds any more.
        await this.#metadata.remove(uid, known).catch(() => {});
      }));
  }

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#instances.exclusively(task);
  }

  deviceId(claim: PreparedClaim, request: string): string {
    return cdiDeviceId(claim, request);
  }

  /** Leaves nothing if it throws: a file that is in place might not be durable. */
  async #write(name: string, uid: ClaimUid, text: string): Promise<void> {
    const path = this.#path(name), temporary = this.#path(temporaryFileName(uid));
    const write = () => writeDurably(this.#operations, path, temporary, `${text}\n`);
    try {
      await write().catch(async (error: unknown) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        await this.#operations.makeDirectory(this.#directory);
        await write();
      });
    } catch (error) {
      await this.#operations.remove(path).catch(() => {});
      throw error;
    }
  }

  async #readAll({ versionOf, mend }: LookOptions): Promise<CheckpointLook> {
    await this.#operations.makeDirectory(this.#directory);
    const names = (await this.#operations.list(this.#directory)).sort();
    const entries = new Map<ClaimUid, CheckpointEntry>(), damaged: DamagedCheckpoint[] = [];
    const useless = names.filter(isTemporaryFile);
    for (const name of names.filter(isSpecFile)) {
      const uid = uidOfSpecFile(name);
      const found = await this.#readOne(name, uid === undefined ? undefined : versionOf(uid));
      if (found instanceof CheckpointTextError) {
        const { message } = found;
        damaged.push({ uid, message: mend ? `${message}; ${await this.#setAside(name)}` : message });
      } else if (found === "of an earlier boot") useless.push(name);
      else if (found !== "gone" && uid !== undefined) entries.set(uid, found);
    }
    if (mend) {
      await this.#removeAll(useless);
      const claims = [...entries.values()].flatMap(({ claim }) => claim ?? []);
      // At the start, when no claim is known yet. What cannot be mended is no reason not to start.
      if (claims.length === entries.size) await this.#metadata.mend(claims).catch(() => {});
    }
    return { entries, damaged };
  }

  /** What a file holds; an error where it cannot be read, for whatever reason: it does not stop the others. */
  async #readOne(
    name: string,
    knownVersion: string | undefined,
  ): Promise<CheckpointEntry | "of an earlier boot" | "gone" | CheckpointTextError> {
    const path = this.#path(name);
    try {
      const { version } = await this.#operations.state(path);
      if (version === knownVersion) return { version, claim: undefined };
      const found = await readSpecFile(path, this.#operations);
      if (found instanceof CheckpointTextError) return found;
      return found.bootId === this.#bootId ? { version, claim: found.claim } : "of an earlier boot";
    } catch (cause) {
      // Another instance can be quicker.
      if (cause instanceof Deno.errors.NotFound) return "gone";
      return new CheckpointTextError(`Cannot read ${path}: ${messageOf(cause)}`, { cause });
    }
  }

  /** Gives a damaged file a name that runtimes do not read as a specification; tells what became of it. */
  async #setAside(name: string): Promise<string> {
    const path = this.#path(name), aside = `${path}.damaged`;
    try {
      await this.#operations.rename(path, aside);
      return `set aside as ${aside}`;
    } catch (error) {
      return `it cannot be set aside as ${aside}: ${messageOf(error)} (remove it by hand)`;
    }
  }

  /** Nobody believes these files; those that cannot be removed are in nobody's way. */
  async #removeAll(names: readonly string[]): Promise<void> {
    for (const name of names) await removeDurably(this.#operations, this.#path(name)).catch(() => {});
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  async #attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof ClaimCheckpointError) throw cause;
      throw new ClaimCheckpointError(
        `Cannot ${what} in ${this.#directory}: ${messageOf(cause)} (is --cdi-dir writable and not full?)`,
        { cause },
      );
    }
  }
}
