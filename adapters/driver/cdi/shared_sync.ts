import { SharedTask } from "../../../core/claims/shared_task.ts";
import type { FileOperations } from "../../shared/files/file_operations.ts";

/**
 * The same operations, with one synchronization of a directory for all who ask while another is under way: it starts
 * after each of them has asked, so that what they had done before is durable when it ends.
 */
export function withSharedSync(operations: FileOperations): FileOperations {
  const directories = new Map<string, SharedTask>();
  return {
    ...operations,
    syncDirectory(path) {
      const directory = directories.get(path) ?? new SharedTask(() => operations.syncDirectory(path));
      directories.set(path, directory);
      return directory.run();
    },
  };
}
