/** The executable under test as the driver of the newest containerd. */
import { checkContainers } from "./container_promises.ts";
import { Containerd } from "./containerd.ts";
import { withRuntime } from "./runtime_cluster.ts";

Deno.test("the driver keeps what a claim promises to containers of containerd 2.4", (t) =>
  withRuntime(new Containerd(), [], (cluster) => checkContainers(t, cluster)));
