import { basename, dirname, join } from "node:path";
import { writeDurably } from "./durable_file.ts";
import { type FileOperations, systemFileOperations } from "./file_operations.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { osReason } from "./os_reason.ts";
import { removeIfThere } from "./remove_if_there.ts";
import { ConfigFileError } from "./config_files.ts";

/** How a file is replaced. */
export interface Replacement {
  /** What the kept file's name has behind that of the former one. */
  readonly suffix: string;
  /**
   * Where the former file is kept and the new one is prepared, on the same file system. By default beside it, which
   * is wrong where a program reads every file of the directory.
   */
  readonly directory?: string;
}

/**
 * Replaces a file in one piece, keeps what it was beside it, and keeps its mode and owner. A new file belongs to the
 * caller and is readable by all; its directory is made if need be. A symbolic link stays one: what it points to is
 * replaced. Resolves to where the former file is kept, or undefined when there was none.
 *
 * A file of which nobody may write is left alone, also by root, whom the kernel would let through. Needs root where
 * the file belongs to somebody else. Two replacements of a file must not run at a time.
 * Rejects with {@link ConfigFileError}, the file untouched.
 */
export async function replaceFile(
  path: string,
  text: string,
  { suffix, directory }: Replacement,
): Promise<string | undefined> {
  const former = await formerFile(path);
  const name = former?.path ?? path;
  const beside = join(directory ?? dirname(name), basename(name));
  const temporary = `${beside}.${Deno.pid}.tmp`;
  const made: string[] = [];
  try {
    await Deno.mkdir(dirname(name), { recursive: true });
    if (former !== undefined) await keep(former, `${beside}${suffix}`, made);
    made.push(temporary);
    await writeDurably(operationsAs(former), name, temporary, text);
    return former && `${beside}${suffix}`;
  } catch (cause) {
    for (const leftover of made) await removeIfThere(leftover);
    throw unwritable(path, cause);
  }
}

/** Rejects with {@link ConfigFileError} when a file that is there must not or cannot be replaced. */
export async function requireReplaceable(path: string): Promise<void> {
  await formerFile(path);
}

interface FormerFile {
  readonly path: string;
  readonly mode: number;
  readonly uid: number | null;
  readonly gid: number | null;
}

async function formerFile(path: string): Promise<FormerFile | undefined> {
  try {
    const real = await Deno.realPath(path);
    const { mode, uid, gid } = await Deno.stat(real);
    const permissions = (mode ?? 0o644) & 0o7777;
    if ((permissions & 0o222) === 0) {
      throw new ConfigFileError(`Cannot write ${path}: it is read-only (chmod u+w lifts that)`);
    }
    (await Deno.open(real, { write: true })).close();
    return { path: real, mode: permissions, uid, gid };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cause instanceof ConfigFileError ? cause : unwritable(path, cause);
  }
}

/** Copies a file, never over another one; what is made goes on the list. */
async function keep(former: FormerFile, path: string, made: string[]): Promise<void> {
  const bytes = await Deno.readFile(former.path);
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  made.push(path);
  try {
    await takeOwnership(path, former);
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
  } finally {
    file.close();
  }
}

function operationsAs(former: FormerFile | undefined): FileOperations {
  if (former === undefined) return systemFileOperations;
  return {
    ...systemFileOperations,
    async create(path) {
      const file = await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
      await takeOwnership(path, former);
      return file;
    },
  };
}

async function takeOwnership(path: string, { mode, uid, gid }: FormerFile): Promise<void> {
  await Deno.chown(path, uid, gid);
  await Deno.chmod(path, mode);
}

/** A file that is mounted by itself cannot be renamed over; that is how containers get single files. */
function unwritable(path: string, cause: unknown): ConfigFileError {
  const remedy = /os error 16|EBUSY/.test(messageOf(cause))
    ? " (mount its directory instead of the file)"
    : "";
  return new ConfigFileError(
    `Cannot write ${path}: ${osReason(cause)}${remedy}`,
    { cause },
  );
}
