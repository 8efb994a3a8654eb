import { join } from "node:path";
import type { PreparedClaim } from "../../core/claims/claim.ts";
import type { ClaimUid } from "../../core/ids.ts";
import { ClaimRecordError, type ClaimRecords, type LoadedRecords } from "../../core/ports/claim_records.ts";
import { removeDurably, writeDurably } from "./durable_file.ts";
import { RecordError } from "./record.ts";
import { cdiDeviceId, cdiKind, claimOfSpec, specOf } from "./spec.ts";

const prefix = `${cdiKind.replace("/", "-")}_`;
const suffix = ".json";
/** Neither this nor the next one is a name that a runtime would read as a specification. */
const temporarySuffix = ".tmp";
const damagedSuffix = ".damaged";

/** Far above any claim's specification (32 results at most), far below what could hurt. */
const maxSpecBytes = 1 << 20;

/**
 * The record of each claim in the CDI specification that the runtime injects from: one file for each claim.
 *
 * One file has one moment at which it becomes true, its renaming, so record and specification cannot contradict
 * each other after a crash, and a claim costs the same however many others there are.
 */
export class CdiClaimRecords implements ClaimRecords {
  readonly #directory: string;

  /** `directory` is one of those that the runtime reads CDI specifications from. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async load(): Promise<LoadedRecords> {
    await this.#attempt("create the CDI directory", () => Deno.mkdir(this.#directory, { recursive: true }));
    const claims: PreparedClaim[] = [], damaged: string[] = [];
    for (const name of await this.#attempt("list the CDI directory", () => this.#ownFiles())) {
      const path = join(this.#directory, name);
      if (name.endsWith(temporarySuffix)) {
        await this.#attempt(`remove ${path}`, () => removeDurably(path));
      } else if (name.endsWith(suffix)) {
        const outcome = await this.#attempt(`read ${path}`, () => read(path));
        if (outcome instanceof RecordError) damaged.push(await this.#setAside(path, outcome));
        else claims.push(outcome);
      }
    }
    return { claims, damaged };
  }

  async save(claim: PreparedClaim): Promise<void> {
    const path = this.#path(claim.reference.uid);
    const text = JSON.stringify(specOf(claim), undefined, 2);
    await this.#attempt(`write ${path}`, () => writeDurably(path, `${path}${temporarySuffix}`, `${text}\n`));
  }

  async remove(uid: ClaimUid): Promise<void> {
    const path = this.#path(uid);
    await this.#attempt(`remove ${path}`, () => removeDurably(path));
  }

  deviceId(claim: PreparedClaim, request: string): string {
    return cdiDeviceId(claim, request);
  }

  /** A claim's uid has no character that could lead out of the directory, see `claimUid`. */
  #path(uid: ClaimUid): string {
    return join(this.#directory, `${prefix}${uid}${suffix}`);
  }

  async #ownFiles(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isFile } of Deno.readDir(this.#directory)) {
      if (isFile && name.startsWith(prefix)) names.push(name);
    }
    return names.sort();
  }

  async #setAside(path: string, error: RecordError): Promise<string> {
    const aside = `${path}${damagedSuffix}`;
    await this.#attempt(`set ${path} aside`, () => Deno.rename(path, aside));
    return `${error.message}; set aside as ${aside}`;
  }

  async #attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ClaimRecordError(`Cannot ${what}: ${reason} (is --cdi-dir writable and not full?)`, {
        cause,
      });
    }
  }
}

async function read(path: string): Promise<PreparedClaim | RecordError> {
  if ((await Deno.stat(path)).size > maxSpecBytes) {
    return new RecordError(`Cannot read ${path}: it is too large`);
  }
  try {
    const claim = claimOfSpec(await Deno.readTextFile(path));
    if (path.endsWith(`_${claim.reference.uid}${suffix}`)) return claim;
    return new RecordError(
      `Cannot read ${path}: it holds the record of another claim, ${claim.reference.uid}`,
    );
  } catch (error) {
    if (error instanceof RecordError) return error;
    throw error;
  }
}
