/** What a claim's configuration says of its memory, on a machine of three nodes of which the third has no CPUs. */
import assert from "node:assert/strict";
import { parseReport } from "../../workload/report.ts";
import { Containerd } from "./containerd.ts";
import type { ClaimedShare } from "./placement.ts";
import { type RuntimeCluster, withRuntime } from "./runtime_cluster.ts";

const mebibyte = 1 << 20;
const weightOf = (node: number) => `/sys/kernel/mm/mempolicy/weighted_interleave/node${node}`;

function memoryOn(numaNode: number, config?: Record<string, unknown>): ClaimedShare {
  return { resource: "memory", numaNode, bytes: 64 * mebibyte, ...(config === undefined ? {} : { config }) };
}

/** Where a container's program has its memory, and under which policy, by numa_maps of its process. */
interface Seen {
  readonly mebibytes: Readonly<Record<number, number>>;
  readonly policy: string;
  readonly allowed: string;
}

/** Starts a container with these claims, has it touch memory, and looks. */
async function seen(cluster: RuntimeCluster, shares: readonly ClaimedShare[], mebibytes = 48): Promise<Seen> {
  const pod = await cluster.startPod(shares);
  try {
    const { cri } = cluster, name = "main";
    const args = ["--bytes", `${mebibytes}Mi`, "--hold"];
    const id = await cri.startContainer(pod.sandbox, { name, cdiDevices: pod.cdiDevices, args });
    const report = parseReport(await firstLine(cluster, pod.sandbox, name));
    assert.ok(report !== undefined && "nodes" in report);
    const maps = await Deno.readTextFile(`/proc/${await cri.processOf(id)}/numa_maps`);
    const status = await Deno.readTextFile(`/proc/${await cri.processOf(id)}/status`);
    const [, policy = ""] = /^[0-9a-f]+ (.+?)(?: file=| stack| heap| anon=| mapped=|$)/m.exec(maps) ?? [];
    const [, allowed = ""] = /^Mems_allowed_list:\s*(\S+)/m.exec(status) ?? [];
    const nodes = Object.entries(report.nodes).map(([node, bytes]) => [node, Math.round(bytes / mebibyte)]);
    return { mebibytes: Object.fromEntries(nodes), policy, allowed };
  } finally {
    await cluster.removePod(pod);
  }
}

async function firstLine(
  cluster: RuntimeCluster,
  ...of: [{ id: string; config: string; logs: string }, string]
) {
  for (let tries = 0; tries < 600; tries++) {
    const [line = ""] = (await cluster.cri.logOf(of[0], { name: of[1] })).split("\n");
    if (line !== "") return line;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail("the container says nothing");
}

Deno.test("a container's memory comes from where its claim's policy says", (t) =>
  withRuntime(new Containerd(), [], async (cluster) => {
    await cluster.claims.startDriver();

    await t.step("without configuration it has no policy", async () => {
      const { policy, allowed } = await seen(cluster, [memoryOn(2), memoryOn(0)]);
      assert.deepEqual({ policy, allowed }, { policy: "default", allowed: "0,2" });
    });

    await t.step("interleaved, half of it is on each node, also on one without CPUs", async () => {
      const interleave = { policy: "interleave" };
      assert.deepEqual(await seen(cluster, [memoryOn(0, interleave), memoryOn(2, interleave)]), {
        mebibytes: { 0: 24, 2: 24 },
        policy: "interleave=static:0,2",
        allowed: "0,2",
      });
    });

    await t.step("weighted, three quarters are on the node that has three times the weight", async () => {
      await Deno.writeTextFile(weightOf(0), "3\n");
      await Deno.writeTextFile(weightOf(2), "1\n");
      const weighted = { policy: "weightedInterleave" };
      assert.deepEqual(await seen(cluster, [memoryOn(0, weighted), memoryOn(2, weighted)]), {
        mebibytes: { 0: 36, 2: 12 },
        policy: "weighted interleave=static:0,2",
        allowed: "0,2",
      });
    });

    await t.step("preferred, it is on the claim's node, and every node may be used", async () => {
      assert.deepEqual(await seen(cluster, [memoryOn(2, { policy: "preferred" })]), {
        mebibytes: { 2: 48 },
        policy: "prefer=static:2",
        allowed: "0-2",
      });
    });

    await t.step("preferred beyond what its node has, it goes on elsewhere", async () => {
      const { mebibytes } = await seen(cluster, [memoryOn(2, { policy: "preferredMany" })], 1024);
      assert.equal(Object.values(mebibytes).reduce((sum, each) => sum + each, 0), 1024);
      assert.ok((mebibytes[2] ?? 0) > 256 && (mebibytes[2] ?? 0) < 1024, Deno.inspect(mebibytes));
    });

    await t.step("what cannot be is refused at prepare, with the field", async () => {
      const { claims } = cluster;
      assert.match(
        await claims.refusalOf([memoryOn(0, { policy: "local" })]),
        /policy: "local" is no policy \(write one of bind, preferred,/,
      );
      assert.match(
        await claims.refusalOf([memoryOn(0, { policy: "preferred" }), memoryOn(1, { policy: "preferred" })]),
        /policy: preferred is for one NUMA node, and the memory is on 0-1: write preferredMany/,
      );
      assert.match(
        await claims.refusalOf([memoryOn(0, { policy: "interleave" }), memoryOn(1)]),
        /which say (interleave and bind|bind and interleave): write the same for each/,
      );
      const pages = { resource: "hugepages-2m", numaNode: 0, bytes: 2 * mebibyte } as const;
      assert.match(
        await claims.refusalOf([{ ...pages, config: { policy: "interleave" } }]),
        /policy: interleave is for memory, and request share was given hugepages-2m: hugepages keep bind/,
      );
    });
  }));

Deno.test("a runtime that would leave the policy out is refused by name", () =>
  withRuntime(new Containerd("/lab/containerd-1.7"), [], async ({ claims }) => {
    await claims.startDriver();
    assert.match(
      await claims.refusalOf([memoryOn(0, { policy: "interleave" })]),
      /policy: interleave needs a container runtime with NRI 0.12, as containerd 2.3, and this node has containerd .*1\.7/,
    );
  }));
