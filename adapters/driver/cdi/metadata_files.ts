import { join } from "node:path";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import type { ClaimUid } from "../../../core/values/ids.ts";
import { type FileOperations } from "../../shared/files/file_operations.ts";

/** Below the directory of CDI specifications: runtimes do not look into its subdirectories. */
const subdirectory = "dra.memory-metadata";

/**
 * The files that containers find their device metadata in, one for each request. Who writes the claim's specification
 * writes them first, and removes them after it: they stand in the specification, and are made again from it.
 */
export class MetadataFiles {
  readonly #directory: string;
  readonly #operations: FileOperations;

  constructor(cdiDirectory: string, operations: FileOperations) {
    this.#directory = join(cdiDirectory, subdirectory);
    this.#operations = operations;
  }

  /** The file of a request. Neither uid nor request has a character that could lead out of the directory. */
  path(uid: ClaimUid, request: string): string {
    return join(this.#directory, `${uid}_${request}.json`);
  }

  /** Writes the files of a claim; what containers have mounted already stays as it is. */
  async write({ reference: { uid }, injections = [] }: PreparedClaim): Promise<void> {
    for (const { request, metadata: { text } } of injections) {
      await this.#write(this.path(uid, request), text);
    }
  }

  /** Whether the files of a claim are there: a container whose mount lacks its source does not start. */
  async has({ reference: { uid }, injections = [] }: PreparedClaim): Promise<boolean> {
    for (const { request } of injections) {
      if (await unlessMissing(this.#operations.state(this.path(uid, request))) === undefined) return false;
    }
    return true;
  }

  /** Removes the files of a claim, which are looked for where it is not known what it was. */
  async remove(uid: ClaimUid, known: PreparedClaim | undefined): Promise<void> {
    const paths = known === undefined
      ? (await this.#names()).filter((name) => name.startsWith(`${uid}_`)).map((name) =>
        join(this.#directory, name)
      )
      : (known.injections ?? []).map(({ request }) => this.path(uid, request));
    for (const path of paths) await this.#removeFile(path);
  }

  /** Makes the files those of the given claims, whatever a crash or somebody left. */
  async mend(claims: readonly PreparedClaim[]): Promise<void> {
    const wanted = new Set(
      claims.flatMap(({ reference: { uid }, injections = [] }) =>
        injections.map(({ request }) => this.path(uid, request))
      ),
    );
    const found = (await this.#names()).map((name) => join(this.#directory, name));
    for (const path of found) if (!wanted.has(path)) await this.#removeFile(path);
    for (const { reference: { uid }, injections = [] } of claims) {
      for (const { request, metadata: { text } } of injections) {
        const path = this.path(uid, request);
        if (await this.#text(path) !== text) await this.#write(path, text);
      }
    }
  }

  /** Without a synchronization: after a crash of the machine no container has it, and claims are prepared anew. */
  async #write(path: string, text: string): Promise<void> {
    const temporary = `${path}.tmp`, write = () => this.#operations.write(temporary, text);
    await write().catch(async (error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await this.#operations.makeReadableDirectory(this.#directory);
      await write();
    });
    await this.#operations.rename(temporary, path);
  }

  async #text(path: string): Promise<string | undefined> {
    return await unlessMissing(this.#operations.read(path));
  }

  async #names(): Promise<string[]> {
    return await unlessMissing(this.#operations.list(this.#directory)) ?? [];
  }

  async #removeFile(path: string): Promise<void> {
    await unlessMissing(this.#operations.remove(path));
  }
}

async function unlessMissing<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
