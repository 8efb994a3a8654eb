/** What becomes of containers that start while the executable under test is away. */
import assert from "node:assert/strict";
import { tolerationAnnotation } from "../../../adapters/operations/runtimes/nri_validator.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { hugepages } from "./placement_promises.ts";
import { limitsOf, untouched, withRuntime } from "./runtime_cluster.ts";

const share = { ...hugepages, bytes: 4 << 20 };
const claimed = limitsOf(share);

// `runc update` writes the hugetlb limits again that a container was created with: the driver writes them afterwards.
Deno.test("a container that started while the driver was away is put right afterwards, and so is its next start", () =>
  withRuntime(nodeRuntime(), [], async (cluster) => {
    await cluster.claims.startDriver();
    const pod = await cluster.startPod([share]);
    await cluster.claims.daemon.kill();
    const container = await cluster.startMain(pod);
    assert.deepEqual(await cluster.limits(pod, container), untouched);

    await cluster.claims.startDriver();
    await cluster.untilLimits(pod, container, claimed);
    const { sandbox, cdiDevices } = pod;
    const next = await cluster.cri.startContainer(sandbox, { name: "main", attempt: 1, cdiDevices });
    assert.deepEqual(await cluster.limits(pod, next), claimed);
    await cluster.removePod(pod);
  }));

/** Has no validator that could require a plugin, in the version that can be built. */
const isCrio = nodeRuntime().name === "crio";

Deno.test({
  name: "a runtime that cannot require a plugin is not set up to do so, and is told by name",
  ignore: !isCrio,
  fn: () =>
    assert.rejects(
      nodeRuntime().configure("--require-plugin"),
      /Cannot require the plugin: CRI-O 1\.34\.0 is built with NRI 0\.9, and its validator comes with 0\.10/,
    ),
});

// NRI (up to 0.12.5) counts a plugin that was killed as present until a call to it has failed: here the tolerant pod's.
Deno.test({
  name: "with --require-plugin none starts while the driver is away, but in a pod that tolerates it",
  ignore: isCrio,
  fn: () =>
    withRuntime(nodeRuntime(), ["--require-plugin"], async (cluster) => {
      await cluster.claims.startDriver();
      const pod = await cluster.startPod([share]);
      const tolerant = await cluster.startPod([], { annotations: { [tolerationAnnotation]: "true" } });
      await cluster.claims.daemon.kill();
      for (const attempt of [0, 1]) {
        const { sandbox, cdiDevices } = tolerant;
        const container = await cluster.cri.startContainer(sandbox, { name: "main", attempt, cdiDevices });
        assert.deepEqual(await cluster.limits(tolerant, container), untouched);
      }
      await assert.rejects(cluster.startMain(pod), /required plugin .*dramemory.* not present/);

      await cluster.claims.startDriver();
      assert.deepEqual(await cluster.limits(pod, await cluster.startMain(pod)), claimed);
      for (const each of [pod, tolerant]) await cluster.removePod(each);
    }),
});
