/** What becomes of containers that start while the executable under test hangs, or is killed again and again. */
import assert from "node:assert/strict";
import { nodeRuntime } from "./node_runtime.ts";
import { CriError } from "./cri.ts";
import { delay } from "./delay.ts";
import { hugepages } from "./placement_promises.ts";
import { limitsOf, type RuntimeCluster, untouched, withRuntime } from "./runtime_cluster.ts";

const share = { ...hugepages, bytes: 4 << 20 };
const claimed = limitsOf(share);
const asks = nodeRuntime().name !== "crio";
/**
 * The NRI of this containerd is the first that asks a plugin what is to become of containers that it did not answer for. It
 * waits twice for one that hangs: for the container, and for its removal. That of the CRI-O that can be built does not ask.
 */
const runtime = () => nodeRuntime({ directory: "/lab/containerd-nri-0.12.5", requestSeconds: 10 });

Deno.test("a container that starts while the driver hangs is put right when the driver goes on", () =>
  withRuntime(runtime(), [], async (cluster) => {
    await cluster.claims.startDriver();
    await startWhileItHangs(cluster);
  }));

Deno.test({
  name: "with --fail-closed none starts while the driver hangs, and each does when the driver goes on",
  ignore: !asks,
  fn: () =>
    withRuntime(runtime(), [], async (cluster) => {
      await cluster.claims.startDriver("--fail-closed");
      const pod = await cluster.startPod([share]);
      cluster.claims.daemon.hang();
      // The connection stays, so that a second one is not let through.
      for (const _ of [1, 2]) {
        await assert.rejects(
          cluster.startMain(pod),
          /dramemory failed to handle CreateContainer request: .*deadline exceeded/,
        );
      }

      cluster.claims.daemon.goOn();
      assert.deepEqual(await cluster.limits(pod, await cluster.startMain(pod)), claimed);
      await cluster.removePod(pod);
    }),
});

Deno.test({
  name: "a runtime that cannot fail closed starts them in spite of --fail-closed, which log and metrics say",
  ignore: asks,
  fn: () =>
    withRuntime(runtime(), [], async (cluster) => {
      await cluster.claims.startDriver("--fail-closed");
      assert.match(
        await Deno.readTextFile("/run/dramemory.log"),
        /--fail-closed has no effect, .* runtime="?cri-o 1\.34\.0"? wanted="?NRI 0\.12\.5"?/,
      );
      assert.match(
        await cluster.claims.daemon.metrics(),
        /^dramemory_fail_closed_unsupported_total\{node="lab"\} 1$/m,
      );
      await startWhileItHangs(cluster);
    }),
});

/** A container starts without its limits, and has them once the driver goes on. */
async function startWhileItHangs(cluster: RuntimeCluster): Promise<void> {
  const pod = await cluster.startPod([share]);
  cluster.claims.daemon.hang();
  const container = await cluster.startMain(pod);
  assert.deepEqual(await cluster.limits(pod, container), untouched);

  cluster.claims.daemon.goOn();
  await cluster.untilLimits(pod, container, claimed);
  await cluster.removePod(pod);
}

/** From the call that makes a container to the driver's end: before, while, and after the driver is asked. */
const killedAfterMilliseconds = [0, 400, 1200];

Deno.test("a driver that is killed while containers start holds none up, and leaves none without its limits", () =>
  withRuntime(runtime(), [], async (cluster) => {
    await cluster.claims.startDriver();
    for (const milliseconds of killedAfterMilliseconds) {
      const pod = await cluster.startPod([share]);
      const starting = cluster.startMain(pod);
      await killAfter(cluster, milliseconds);
      const container = await starting;
      await cluster.claims.startDriver();
      await cluster.untilLimits(pod, container, claimed);
      await cluster.removePod(pod);
    }
  }));

Deno.test({
  name: "with --fail-closed a container that is refused when the driver is killed starts when it is back",
  ignore: !asks,
  fn: () =>
    withRuntime(runtime(), [], async (cluster) => {
      await cluster.claims.startDriver("--fail-closed");
      for (const milliseconds of killedAfterMilliseconds) {
        const pod = await cluster.startPod([share]);
        const starting = refusedOr(cluster.startMain(pod));
        await killAfter(cluster, milliseconds);
        const container = await starting;
        await cluster.claims.startDriver("--fail-closed");
        await cluster.untilLimits(pod, container ?? await cluster.startMain(pod), claimed);
        await cluster.removePod(pod);
      }
    }),
});

async function killAfter(cluster: RuntimeCluster, milliseconds: number): Promise<void> {
  await delay(milliseconds);
  await cluster.claims.daemon.kill();
}

/** The container's id, or undefined when the runtime refused it. */
async function refusedOr(container: Promise<string>): Promise<string | undefined> {
  try {
    return await container;
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
  }
}
