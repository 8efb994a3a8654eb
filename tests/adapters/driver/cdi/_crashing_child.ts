/** Saves or removes a claim, and is killed before the given system call. Arguments: directory, task, call. */
import {
  type FileOperations,
  systemFileOperations,
} from "../../../../adapters/shared/files/file_operations.ts";
import { newClaim } from "./_crash_claims.ts";
import { checkpointIn } from "./_stores.ts";

const [directory = "", task, fatalCall] = Deno.args;
let calls = 0;

/** As a power cut would: nothing is flushed, closed or cleaned up. */
function step(): void {
  if (calls++ === Number(fatalCall)) Deno.kill(Deno.pid, "SIGKILL");
}

const operations: FileOperations = {
  ...systemFileOperations,
  create: async (path) => {
    step();
    const file = await systemFileOperations.create(path);
    return {
      write: (bytes) => {
        step();
        // One byte at a time at first, so that a write can be cut in the middle.
        return file.write(bytes.subarray(0, calls < 4 ? 1 : undefined));
      },
      sync: () => (step(), file.sync()),
      close: () => (step(), file.close()),
    };
  },
  rename: (from, to) => (step(), systemFileOperations.rename(from, to)),
  remove: (path) => (step(), systemFileOperations.remove(path)),
  write: (path, text) => (step(), systemFileOperations.write(path, text)),
  makeDirectory: (path) => (step(), systemFileOperations.makeDirectory(path)),
  makeReadableDirectory: (path) => (step(), systemFileOperations.makeReadableDirectory(path)),
  syncDirectory: (path) => (step(), systemFileOperations.syncDirectory(path)),
};

const checkpoint = checkpointIn(directory, operations);
if (task === "save") await checkpoint.save(newClaim);
else await checkpoint.remove(newClaim.reference.uid, newClaim);
