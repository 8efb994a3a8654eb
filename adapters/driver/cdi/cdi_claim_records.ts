import { join } from "node:path";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { KeyedMutex } from "../../../core/claims/keyed_mutex.ts";
import type { ClaimUid } from "../../../core/values/ids.ts";
import {
  ClaimRecordError,
  type ClaimRecords,
  type RecordChanges,
} from "../../../core/ports/claim_records.ts";
import { removeDurably, writeDurably } from "../../shared/files/durable_file.ts";
import { type FileOperations, systemFileOperations } from "../../shared/files/file_operations.ts";
import type { Instances } from "./instances.ts";
import { RecordError } from "./record.ts";
import { withSharedSync } from "./shared_sync.ts";
import { isSpecFile, isTemporaryFile, readSpecFile, specFileName, temporaryFileName } from "./spec_file.ts";
import { cdiDeviceId, specOf } from "./spec.ts";

/** What the records depend on. */
export interface CdiClaimRecordsOptions {
  /** One of the directories that the runtime reads CDI specifications from. */
  readonly directory: string;
  /** Identifies the time since the machine was started. */
  readonly bootId: string;
  readonly instances: Instances;
  readonly operations?: FileOperations;
}

/**
 * The record of each claim in the CDI specification that the runtime injects from: one file for each claim.
 *
 * One file has one moment at which it becomes true, its renaming, so record and specification cannot contradict
 * each other after a crash, and a claim costs the same however many others there are. Nothing else is written that
 * could be believed in its place.
 */
export class CdiClaimRecords implements ClaimRecords {
  readonly #directory: string;
  readonly #bootId: string;
  readonly #instances: Instances;
  readonly #operations: FileOperations;
  readonly #mutex = new KeyedMutex();
  /** The claims that are on record as far as this object knows, by file name; another entry for each saving. */
  readonly #known = new Map<string, { readonly uid: ClaimUid }>();
  #swept = false;

  constructor({ directory, bootId, instances, operations = systemFileOperations }: CdiClaimRecordsOptions) {
    this.#directory = directory;
    this.#bootId = bootId;
    this.#instances = instances;
    this.#operations = withSharedSync(operations);
  }

  /** One at a time: who looks while a look is under way is answered after that. */
  refresh(): Promise<RecordChanges> {
    return this.#mutex.run("refresh", async () => {
      const changed = await this.#attempt("look for changes", () => this.#instances.changed());
      return changed ? await this.#look() : nothing;
    });
  }

  async save(claim: PreparedClaim): Promise<void> {
    const { uid } = claim.reference;
    const name = specFileName(uid);
    const text = JSON.stringify(specOf({ claim, bootId: this.#bootId }), undefined, 2);
    const write = () =>
      writeDurably(this.#operations, this.#path(name), this.#path(temporaryFileName(uid)), `${text}\n`);
    await this.#attempt(`write ${name}`, () => this.#instances.changing(write));
    this.#known.set(name, { uid });
  }

  async remove(uid: ClaimUid): Promise<void> {
    const name = specFileName(uid);
    const unlink = () => removeDurably(this.#operations, this.#path(name));
    await this.#attempt(`remove ${name}`, () => this.#instances.changing(unlink));
    this.#known.delete(name);
  }

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#instances.exclusively(task);
  }

  deviceId(claim: PreparedClaim, request: string): string {
    return cdiDeviceId(claim, request);
  }

  async #look(): Promise<RecordChanges> {
    const before = new Map(this.#known);
    await this.#attempt("create the CDI directory", () => Deno.mkdir(this.#directory, { recursive: true }));
    const names = await this.#attempt("list the CDI directory", () => this.#list());
    const added: PreparedClaim[] = [], damaged: string[] = [];
    for (const name of names.filter((name) => isSpecFile(name) && !this.#known.has(name))) {
      const outcome = await this.#read(name);
      if (typeof outcome === "string") damaged.push(outcome);
      else if (outcome !== undefined) added.push(outcome);
    }
    const present = new Set(names);
    // What was saved after the listing is not gone because it was not listed.
    const gone = [...before].filter(([name, entry]) => !present.has(name) && this.#known.get(name) === entry);
    for (const [name] of gone) this.#known.delete(name);
    return { added, removed: gone.map(([, { uid }]) => uid), damaged };
  }

  /** Lists the directory, the first time without what a crash left in it; later, that could be another's work. */
  async #list(): Promise<string[]> {
    const names = (await Array.fromAsync(Deno.readDir(this.#directory)))
      .filter(({ isFile }) => isFile).map(({ name }) => name);
    const leftOver = this.#swept ? [] : names.filter(isTemporaryFile);
    for (const name of leftOver) await removeDurably(this.#operations, this.#path(name));
    this.#swept = true;
    return names.filter((name) => !isTemporaryFile(name)).sort();
  }

  /**
   * The claim of a file; undefined for one of an earlier boot or that was removed meanwhile, a message for a file that
   * was set aside.
   */
  async #read(name: string): Promise<PreparedClaim | string | undefined> {
    const path = this.#path(name);
    const outcome = await this.#attempt(`read ${path}`, () => unlessGone(readSpecFile(path)));
    if (outcome === undefined) return undefined;
    if (outcome instanceof RecordError) {
      // Without the ending of a specification, runtimes do not read it.
      const aside = `${path}.damaged`;
      await this.#attempt(`set ${path} aside`, () => unlessGone(this.#operations.rename(path, aside)));
      return `${outcome.message}; set aside as ${aside}`;
    }
    const { claim, bootId } = outcome;
    if (bootId !== this.#bootId) {
      await this.#attempt(`remove ${path}`, () => removeDurably(this.#operations, path));
      return undefined;
    }
    this.#known.set(name, { uid: claim.reference.uid });
    return claim;
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  async #attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof ClaimRecordError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ClaimRecordError(
        `Cannot ${what} in ${this.#directory}: ${reason} (is --cdi-dir writable and not full?)`,
        { cause },
      );
    }
  }
}

/** Another instance can be quicker. */
async function unlessGone<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const nothing: RecordChanges = { added: [], removed: [], damaged: [] };
