/** What a claim's configuration says of where its memory comes from, on machines whose last node may have no CPUs. */
import assert from "node:assert/strict";
import { policyModes } from "../../../core/claims/configuration/memory_config.ts";
import { memoryClassOf } from "./api_objects.ts";
import {
  comparedByStatus,
  mebibyte,
  output,
  type SeenMemory,
  seenMemory,
  startContainer,
  startIn,
} from "./claimed_memory.ts";
import { isThere, nodeRuntime } from "./node_runtime.ts";
import type { ClaimedShare } from "./placement.ts";
import { type RuntimeCluster, withRuntime } from "./runtime_cluster.ts";
import { Workload } from "./workload.ts";

/** Classes of memory of every kind: that of the driver has none that no CPU is beside. */
const anyMemory = "any-memory", interleavedMemory = "interleaved-memory";
const nodes = (await Deno.readTextFile("/sys/devices/system/node/has_memory")).trim();
const last = Number(nodes.at(-1));
const both = `0${last === 1 ? "-" : ","}${last}`;

function memoryOn(
  numaNode: number,
  config?: Readonly<Record<string, unknown>>,
  deviceClass = anyMemory,
): ClaimedShare {
  const share = { resource: "memory", numaNode, bytes: 64 * mebibyte, deviceClass } as const;
  return config === undefined ? share : { ...share, config };
}

/** Where a container with these claims has 48 MiB. */
async function seen(
  cluster: RuntimeCluster,
  shares: readonly ClaimedShare[],
  whileItRuns = () => Promise.resolve(),
): Promise<SeenMemory> {
  const container = await startContainer(cluster, shares, 48);
  const memory = await seenMemory(cluster, container);
  await whileItRuns();
  await cluster.removePod(container.pod);
  return memory;
}

const ociRuntime = isThere("/lab/crun") ? "crun" : "runc";
const ofOciRuntime = (await output(ociRuntime, "features")).includes('"memoryPolicy"');
/** The CRI-O that can be built has NRI 0.9, which knows no policies. */
const ofRuntime = nodeRuntime().name !== "crio";

async function withClasses(checks: (cluster: RuntimeCluster) => Promise<void>): Promise<void> {
  await withRuntime(nodeRuntime(), [], async (cluster) => {
    await cluster.claims.addClass(memoryClassOf(anyMemory));
    await cluster.claims.addClass(memoryClassOf(interleavedMemory, { policy: "interleave" }));
    await cluster.claims.startDriver();
    await checks(cluster);
  });
}

Deno.test({
  name: "a container runtime that leaves policies out: validate says so, and no claim with one is prepared",
  ignore: ofRuntime,
  fn: () =>
    withClasses(async (cluster) => {
      assert.match(
        await policiesLine(cluster),
        /^✓ +memory-policies +bind alone: the others take NRI 0\.12, which crio 1\.34\.0 has not$/,
      );
      const refusal = (mode: string) =>
        new RegExp(
          `policy: ${mode} needs a container runtime with NRI 0\\.12, .* this node has cri-o 1\\.34\\.0`,
        );
      for (const policy of policyModes.filter((mode) => mode !== "bind")) {
        assert.match(await cluster.claims.refusalOf([memoryOn(0, { policy })]), refusal(policy));
      }
      const ofItsClass = memoryOn(0, undefined, interleavedMemory);
      assert.match(await cluster.claims.refusalOf([ofItsClass]), refusal("interleave"));
      assert.deepEqual(await seen(cluster, [memoryOn(0, { policy: "bind" }, interleavedMemory)]), {
        mebibytes: { 0: 48 },
        policy: "default",
        allowed: "0",
      });
    }),
});

Deno.test({
  name: "an OCI runtime that leaves the policy out: validate warns of it, and status shows it",
  ignore: !ofRuntime || ofOciRuntime,
  fn: () =>
    withClasses(async (cluster) => {
      assert.match(
        await policiesLine(cluster),
        new RegExp(
          `! +memory-policies +${ociRuntime} leaves memory policies out: containers would start without`,
        ),
      );
      const memory = await seen(cluster, [memoryOn(0, { policy: "interleave" })], async () => {
        assert.deepEqual((await comparedByStatus())["numa_maps"], ["interleave:0", "default"]);
      });
      assert.deepEqual(memory, { mebibytes: { 0: 48 }, policy: "default", allowed: "0" });
    }),
});

Deno.test({
  name: "a container's memory comes from where its claim's policy says",
  ignore: !ofRuntime || !ofOciRuntime,
  fn: (t) => withClasses((cluster) => checkPolicies(t, cluster)),
});

async function checkPolicies(t: Deno.TestContext, cluster: RuntimeCluster): Promise<void> {
  await t.step("validate says what this node can", async () => {
    assert.match(
      await policiesLine(cluster),
      /^✓ +memory-policies +bind, preferred, preferredMany, interleave, weightedInterleave$/,
    );
  });

  await t.step("without configuration it has no policy, as before", async () => {
    const { policy, allowed } = await seen(cluster, [memoryOn(last), memoryOn(0)]);
    assert.deepEqual({ policy, allowed }, { policy: "default", allowed: both });
  });

  await t.step("interleaved by its class, half of it is on each node; status says so", async () => {
    const shares = [
      memoryOn(0, undefined, interleavedMemory),
      memoryOn(last, undefined, interleavedMemory),
    ];
    const promised = `interleave:${both}`;
    const memory = await seen(cluster, shares, async () => {
      assert.deepEqual((await comparedByStatus())["numa_maps"], [promised, promised]);
    });
    assert.deepEqual(memory, {
      mebibytes: { 0: 24, [last]: 24 },
      policy: `interleave=static:${both}`,
      allowed: both,
    });
  });

  await t.step("weighted, three quarters are on the node that has three times the weight", async () => {
    for (const [node, weight] of [[0, 3], [last, 1]]) {
      await Deno.writeTextFile(`/sys/kernel/mm/mempolicy/weighted_interleave/node${node}`, `${weight}\n`);
    }
    const weighted = { policy: "weightedInterleave" };
    assert.deepEqual(await seen(cluster, [memoryOn(0, weighted), memoryOn(last, weighted)]), {
      mebibytes: { 0: 36, [last]: 12 },
      policy: `weighted interleave=static:${both}`,
      allowed: both,
    });
  });

  await t.step(
    "preferred before its class's, it is on the claim's node, and every node may be used",
    async () => {
      const share = memoryOn(last, { policy: "preferred" }, interleavedMemory);
      assert.deepEqual(await seen(cluster, [share]), {
        mebibytes: { [last]: 48 },
        policy: `prefer=static:${last}`,
        allowed: nodes,
      });
    },
  );

  await t.step("preferred beyond what its node has, it goes on elsewhere", async () => {
    const pod = await cluster.startPod([memoryOn(0, { policy: "preferredMany" })]);
    const hog = "/hog";
    await cluster.cgroups.createUnlimited(hog);
    await cluster.cgroups.write(hog, "cpuset.mems", "0");
    const cgroup = cluster.cgroups.mount + hog, bytes = await freeBytesOf(0) - 32 * mebibyte;
    {
      await using workload = new Workload({ cgroup, bytes, page: "base" });
      await workload.outcome();
      const { mebibytes, policy } = await seenMemory(cluster, await startIn(cluster, pod, 128));
      console.log(`preferred on node 0, which is full: ${JSON.stringify(mebibytes)} MiB by node`);
      assert.equal(policy, "prefer (many)=static:0");
      assert.equal(sum(Object.values(mebibytes)), 128);
      assert.ok((mebibytes[0] ?? 0) < 128, Deno.inspect(mebibytes));
    }
    await cluster.cgroups.remove(hog);
    await cluster.removePod(pod);
  });
}

/** What `validate` says of policies. It asks the OCI runtime, whose time for an answer is not made for an emulated processor. */
async function policiesLine({ runtime }: RuntimeCluster): Promise<string> {
  let line = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    [line = ""] = /^. +memory-policies .*$/m.exec((await runtime.validate()).text) ?? [];
    if (!line.includes("cannot tell")) break;
  }
  return line;
}

async function freeBytesOf(node: number): Promise<number> {
  const text = await Deno.readTextFile(`/sys/devices/system/node/node${node}/meminfo`);
  return Number(/MemFree:\s+(\d+) kB/.exec(text)?.[1]) * 1024;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
