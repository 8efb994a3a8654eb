/** The executable under test as the driver of the oldest containerd that is still maintained. */
import { checkContainers } from "./container_promises.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { withRuntime } from "./runtime_cluster.ts";

Deno.test("the driver keeps what a claim promises to containers of containerd 1.7", (t) =>
  withRuntime(
    nodeRuntime({ directory: "/lab/containerd-1.7" }),
    [],
    (cluster) => checkContainers(t, cluster),
  ));
