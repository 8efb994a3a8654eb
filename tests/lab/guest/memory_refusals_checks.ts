/** What a claim's configuration of its memory cannot say, by the message of the driver that refuses to prepare it. */
import assert from "node:assert/strict";
import { mebibyte } from "./claimed_memory.ts";
import { nodeRuntime } from "./node_runtime.ts";
import type { ClaimedShare } from "./placement.ts";
import { withRuntime } from "./runtime_cluster.ts";

type Config = NonNullable<ClaimedShare["config"]>;

function memoryOn(numaNode: number, config: Config = {}): ClaimedShare {
  return { resource: "memory", numaNode, bytes: 64 * mebibyte, config };
}

function pages(config: Config = {}): ClaimedShare {
  return { resource: "hugepages-2m", numaNode: 0, bytes: 2 * mebibyte, config };
}

const wrong: readonly (readonly [shares: readonly ClaimedShare[], message: RegExp])[] = [
  [
    [memoryOn(0, { policy: "local" })],
    /its configuration cannot be used: policy: "local" is no policy \(write one of bind, preferred,/,
  ],
  [
    [memoryOn(0, { limits: { max: "64Mi" } })],
    /its configuration cannot be used: limits\.max: "64Mi" is not known \(write claim or none\)/,
  ],
  [
    [memoryOn(0, { limits: { minPercent: 200 } })],
    /limits\.minPercent: 200 is no percentage \(write a whole number from 0 for none to 100\)/,
  ],
  [
    [memoryOn(0, { limits: { memory: "claim" } })],
    /limits\.memory: unknown field \(allowed here: max, highPercent, lowPercent, minPercent, swap\)/,
  ],
];

const contradictory: typeof wrong = [
  [
    [memoryOn(0, [{ policy: "bind" }, { policy: "interleave" }])],
    /its configuration says policy: "interleave", another one for the same requests "bind": keep one of them/,
  ],
  [
    [memoryOn(0, { policy: "preferred" }), memoryOn(1, { policy: "preferred" })],
    /policy: preferred is for one NUMA node, and the memory is on 0-1: write preferredMany/,
  ],
  [
    [memoryOn(0, { policy: "interleave" }), memoryOn(1)],
    /which say (interleave and bind|bind and interleave): write the same for each/,
  ],
  [
    [memoryOn(0, { limits: { highPercent: 50, lowPercent: 60 } })],
    /limits\.lowPercent: 60 is above limits\.highPercent, 50: .*: write 50 or less/,
  ],
  [
    [memoryOn(0, { hugetlbfs: { mountPath: "/mnt/huge" } })],
    /hugetlbfs\.mountPath: \/mnt\/huge is for hugepages, and request share was given memory, which has no file system/,
  ],
  [
    [memoryOn(0, { limits: { highPercent: 50, minPercent: 60 } })],
    /limits\.minPercent: 60 is above limits\.highPercent, 50: the kernel would be told to keep what/,
  ],
];

const ofHugepages: typeof wrong = [
  [
    [pages({ policy: "interleave" })],
    /policy: interleave is for memory, and request share was given hugepages-2m: hugepages keep bind/,
  ],
  [
    [pages({ limits: { max: "claim" } })],
    /limits\.max: it is for memory, and request share was given hugepages-2m, of which it can use what it claims/,
  ],
  [
    [pages(), memoryOn(0, { policy: "preferred" })],
    /policy: preferred lets the container use other NUMA nodes, and its claim of hugepages-2m keeps bind/,
  ],
  [
    [pages(), memoryOn(0, { policy: "interleave" }), memoryOn(1, { policy: "interleave" })],
    /policy: interleave over NUMA node 0-1 would draw hugepages-2m to 1, where the container has claimed none/,
  ],
];

Deno.test("configuration that cannot be is refused at prepare, with the field and what is allowed", (t) =>
  withRuntime(nodeRuntime(), [], async ({ claims }) => {
    await claims.startDriver();
    for (const [what, cases] of Object.entries({ wrong, contradictory, ofHugepages })) {
      await t.step(what, async () => {
        for (const [shares, message] of cases) assert.match(await claims.refusalOf(shares), message);
      });
    }

    await t.step("a policy that the kernel does not have", async () => {
      assert.match(
        await claims.refusalOf([memoryOn(0, { policy: "weightedInterleave" })]),
        /policy: weightedInterleave needs Linux 6\.9, and this node has 6\.1\./,
      );
    });

    await t.step("limits on a node whose cgroups the driver is not shown", async () => {
      await claims.daemon.kill();
      await claims.startDriver("--cgroup-mount=");
      assert.match(
        await claims.refusalOf([memoryOn(0, { limits: { max: "claim" } })]),
        /limits: memory is limited by cgroup v2 alone, .* or the driver was started without --cgroup-mount/,
      );
    });
  }));

// The CRI-O that can be built has NRI 0.9, as containerd 1.7 has 0.8.
Deno.test("a runtime that would leave the policy out is refused by name", () =>
  withRuntime(
    nodeRuntime({ directory: "/lab/containerd-1.7" }),
    [],
    async ({ claims, runtime: { name } }) => {
      await claims.startDriver();
      const named = name === "crio" ? "cri-o 1\\.34" : "containerd .*1\\.7";
      assert.match(
        await claims.refusalOf([memoryOn(0, { policy: "interleave" })]),
        new RegExp(
          `policy: interleave needs a container runtime with NRI 0.12, as containerd 2.3, and this node has ${named}`,
        ),
      );
    },
  ));
