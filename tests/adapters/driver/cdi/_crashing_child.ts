/** Saves or removes a claim, and is killed before the given system call. Arguments: directory, task, call. */
import { CdiClaimRecords } from "../../../../adapters/driver/cdi/cdi_claim_records.ts";
import {
  type FileOperations,
  systemFileOperations,
} from "../../../../adapters/shared/files/file_operations.ts";
import { SoleInstance } from "../../../../adapters/driver/cdi/instances.ts";
import { newClaim } from "./_crash_claims.ts";

const [directory = "", task, fatalCall] = Deno.args;
let calls = 0;

/** As a power cut would: nothing is flushed, closed or cleaned up. */
function step(): void {
  if (calls++ === Number(fatalCall)) Deno.kill(Deno.pid, "SIGKILL");
}

const operations: FileOperations = {
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
  syncDirectory: (path) => (step(), systemFileOperations.syncDirectory(path)),
};

const records = new CdiClaimRecords({ directory, bootId: "boot", instances: new SoleInstance(), operations });
if (task === "save") await records.save(newClaim);
else await records.remove(newClaim.reference.uid);
