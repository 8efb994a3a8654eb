/** `deno task ci-kind-teardown`: deletes the kind cluster of the end-to-end suites. */
import { deleteCluster } from "./cluster.ts";
import { kindTask } from "./task.ts";

await kindTask(deleteCluster);
