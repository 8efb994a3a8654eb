/** The executable under test as the driver of the newest containerd, or of CRI-O. */
import { checkContainers } from "./container_promises.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { withRuntime } from "./runtime_cluster.ts";

const runtime = nodeRuntime();

Deno.test(`the driver keeps what a claim promises to containers of ${runtime.name}`, (t) =>
  withRuntime(runtime, [], (cluster) => checkContainers(t, cluster)));
