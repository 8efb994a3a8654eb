import { dirname } from "node:path";
import { type FoundRuntime } from "../../adapters/operations/runtimes/find_runtime.ts";
import { planUndo, type UndoPlan } from "../../adapters/operations/runtimes/undo.ts";
import { systemFiles } from "../../adapters/shared/files/config_files.ts";
import { removeDurably } from "../../adapters/shared/files/durable_file.ts";
import { systemFileOperations } from "../../adapters/shared/files/file_operations.ts";
import { printLine } from "../ui/output.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** What takes back what was set up on this machine. */
export function undoOf(found: FoundRuntime): Promise<UndoPlan> {
  return planUndo(found, systemFiles, realPath);
}

/** Whether a plan takes something back. */
export function takesBack({ restorations, removals }: UndoPlan): boolean {
  return restorations.length + removals.length > 0;
}

/** Says what a plan would do. */
export function tellUndo({ restorations, removals }: UndoPlan): void {
  for (const { path, backup } of restorations) printLine(`Would restore ${path} from ${backup}`);
  for (const path of removals) printLine(`Would remove ${path}`);
}

/** Files first that import others, so that at each moment the runtime could start. */
export async function carryOutUndo({ restorations, removals }: UndoPlan): Promise<void> {
  for (const { path, backup, obsolete } of restorations) {
    await systemFileOperations.rename(backup, path);
    await systemFileOperations.syncDirectory(dirname(path));
    for (const each of obsolete) await removeDurably(systemFileOperations, each);
    printLine(`Restored ${path} from ${backup}`);
  }
  for (const path of removals) {
    await removeDurably(systemFileOperations, path);
    printLine(`Removed ${path}`);
  }
}

/** What is left for a person is no success. Throws {@link OperatorError}. */
export function requireNothingByHand({ byHand }: UndoPlan): void {
  if (byHand.length > 0) throw new OperatorError(byHand.map((line) => `Cannot undo all: ${line}`).join("\n"));
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}
