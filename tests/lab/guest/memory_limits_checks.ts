/** What a claim's configuration limits and protects, with swap and under pressure. */
import assert from "node:assert/strict";
import { until } from "../../until.ts";
import { comparedByStatus, mebibyte, startContainer, type StartedContainer } from "./claimed_memory.ts";
import { nodeRuntime } from "./node_runtime.ts";
import type { ClaimedShare, MemoryConfigFields } from "./placement.ts";
import { type RuntimeCluster, withRuntime } from "./runtime_cluster.ts";

function memoryOf(mebibytes: number, limits?: MemoryConfigFields): ClaimedShare {
  const share = { resource: "memory", numaNode: 0, bytes: mebibytes * mebibyte } as const;
  return limits === undefined ? share : { ...share, config: { limits } };
}

const limitFiles = ["max", "high", "low", "min", "swap.max"].map((name) => `memory.${name}`);

/** What the kernel was told of a container's memory, by file. */
async function limitsOf(
  cluster: RuntimeCluster,
  container: StartedContainer,
): Promise<Record<string, string>> {
  const limits = limitFiles.map(async (file) => [file, await read(cluster, container, file)] as const);
  return Object.fromEntries(await Promise.all(limits));
}

/** A file of the container's cgroup. */
function read(cluster: RuntimeCluster, container: StartedContainer, file: string): Promise<string> {
  return cluster.cgroups.read(cgroupOf(cluster, container), file);
}

/** Its cgroup, from the mount. */
function cgroupOf({ runtime }: RuntimeCluster, { pod, id }: StartedContainer): string {
  return runtime.cgroupOf(pod.cgroup, id);
}

/** What of its memory is of a kind, in bytes. */
async function bytesOf(
  cluster: RuntimeCluster,
  container: StartedContainer,
  kind: "anon" | "file",
): Promise<number> {
  return valueOf(kind, await read(cluster, container, "memory.stat"));
}

/** How many processes of its pod the kernel has killed for memory. The pod's cgroup is there longer than the container's. */
async function killsIn({ cgroups }: RuntimeCluster, { pod }: StartedContainer): Promise<number> {
  return valueOf("oom_kill", await cgroups.read(pod.cgroup, "memory.events"));
}

function valueOf(name: string, text: string): number {
  const [, value] = new RegExp(`^${name} (\\d+)$`, "m").exec(text) ?? [];
  return Number(value);
}

/** Has the kernel take 16 MiB back, or less where that is all that it can. */
async function reclaim(cluster: RuntimeCluster, container: StartedContainer): Promise<void> {
  try {
    await cluster.cgroups.write(cgroupOf(cluster, container), "memory.reclaim", "16M");
  } catch (error) {
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
  }
}

function untilTouched(
  cluster: RuntimeCluster,
  container: StartedContainer,
  mebibytes: number,
): Promise<true> {
  return until(
    "the memory to be touched",
    async () => await bytesOf(cluster, container, "anon") >= mebibytes * mebibyte || undefined,
    120,
  );
}

async function shell(command: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-c", command] }).output();
  assert.ok(success, `${command}: ${new TextDecoder().decode(stderr)}`);
}

Deno.test("a container's memory is limited and protected as its claim's configuration says", (t) =>
  withRuntime(nodeRuntime(), [], async (cluster) => {
    await cluster.claims.startDriver();

    await t.step("without configuration a claim limits nothing, as before", async () => {
      const started = await startContainer(cluster, [memoryOf(64)]);
      assert.deepEqual(await limitsOf(cluster, started), {
        "memory.max": "max",
        "memory.high": "max",
        "memory.low": "0",
        "memory.min": "0",
        "memory.swap.max": "max",
      });
      await cluster.removePod(started.pod);
    });

    await t.step(
      "every limit is in its file, what is protected in those above, and goes again; status shows a change by hand",
      async () => {
        const limits = { max: "claim", highPercent: 75, lowPercent: 50, minPercent: 25, swap: "forbidden" };
        const started = await startContainer(cluster, [memoryOf(64, limits)]);
        assert.deepEqual(await limitsOf(cluster, started), {
          "memory.max": `${64 * mebibyte}`,
          "memory.high": `${48 * mebibyte}`,
          "memory.low": `${32 * mebibyte}`,
          "memory.min": `${16 * mebibyte}`,
          "memory.swap.max": "0",
        });
        for (const path of [started.pod.cgroup, "/kubepods/burstable", "/kubepods"]) {
          assert.equal(await cluster.cgroups.read(path, "memory.min"), `${16 * mebibyte}`, path);
          assert.equal(await cluster.cgroups.read(path, "memory.low"), `${32 * mebibyte}`, path);
        }
        await cluster.cgroups.write(cgroupOf(cluster, started), "memory.min", "0");
        const compared = await comparedByStatus();
        assert.deepEqual(compared["memory.max"], [64 * mebibyte, 64 * mebibyte]);
        assert.deepEqual(compared["memory.min"], [16 * mebibyte, 0]);
        await cluster.removePod(started.pod);
        await until(
          "what was protected to go",
          async () => await cluster.cgroups.read("/kubepods", "memory.min") === "0" || undefined,
          60,
        );
      },
    );

    await t.step("a container is stopped at what it claims, and goes on with less", async () => {
      const over = await startContainer(cluster, [memoryOf(64, { max: "claim" })], 96);
      await cluster.cri.untilExited(over.id, 120);
      assert.equal(await killsIn(cluster, over), 1);
      await cluster.removePod(over.pod);
      const within = await startContainer(cluster, [memoryOf(64, { max: "claim" })], 48);
      await untilTouched(cluster, within, 48);
      assert.equal(await cluster.cri.isRunning(within.id), true);
      assert.equal(await killsIn(cluster, within), 0);
      await cluster.removePod(within.pod);
    });

    await t.step(
      "limit and swap outlive updates and a restart of the driver, and the pod's limit is put right",
      async () => {
        const limits = { max: "claim", minPercent: 50, swap: "forbidden" };
        const started = await startContainer(cluster, [memoryOf(64, limits)]);
        const own = async () => [
          await read(cluster, started, "memory.max"),
          await read(cluster, started, "memory.swap.max"),
        ];
        assert.deepEqual(await own(), [`${64 * mebibyte}`, "0"]);
        const pod = (file: string) => cluster.cgroups.read(started.pod.cgroup, file);
        await shell(`crictl update --memory ${128 * mebibyte} ${started.id}`);
        assert.deepEqual(await own(), [`${192 * mebibyte}`, "0"]);
        await shell(`crictl update --cpu-share 512 ${started.id}`);
        assert.deepEqual(await own(), [`${192 * mebibyte}`, "0"]);
        // As the kubelet does at a resize.
        await cluster.cgroups.write(started.pod.cgroup, "memory.max", `${128 * mebibyte}`);
        await until(
          "the pod's limit",
          async () => await pod("memory.max") === `${192 * mebibyte}` || undefined,
          60,
        );
        await cluster.claims.daemon.kill();
        await cluster.claims.startDriver();
        assert.deepEqual(await own(), [`${192 * mebibyte}`, "0"]);
        assert.equal(await pod("memory.max"), `${192 * mebibyte}`);
        assert.equal(await pod("memory.min"), `${32 * mebibyte}`);
        await cluster.removePod(started.pod);
      },
    );

    await t.step("swap is kept off where it is forbidden", async () => {
      await shell(
        "dd if=/dev/zero of=/swapfile bs=1M count=96 2>/dev/null && chmod 600 /swapfile && mkswap /swapfile",
      );
      await shell("swapon /swapfile");
      const forbidden = await startContainer(
        cluster,
        [memoryOf(64, { max: "claim", swap: "forbidden" })],
        48,
      );
      const allowed = await startContainer(cluster, [memoryOf(64, { max: "claim" })], 48);
      for (const started of [forbidden, allowed]) {
        await untilTouched(cluster, started, 48);
        await reclaim(cluster, started);
      }
      assert.equal(await read(cluster, forbidden, "memory.swap.current"), "0");
      assert.ok(Number(await read(cluster, allowed, "memory.swap.current")) >= 8 * mebibyte);
      await shell("swapoff /swapfile");
      for (const { pod } of [forbidden, allowed]) await cluster.removePod(pod);
    });

    await t.step("what is protected stays under pressure, and its neighbor's is taken", async () => {
      const protectedOne = await startContainer(cluster, [memoryOf(96, { minPercent: 100 })]);
      const neighbor = await startContainer(cluster, [memoryOf(96)]);
      const containers = { protected: protectedOne, neighbor };
      for (const name of Object.keys(containers)) {
        await shell(`dd if=/dev/zero of=/${name} bs=1M count=64 2>/dev/null`);
      }
      await shell("sync; echo 3 > /proc/sys/vm/drop_caches");
      for (const [name, { pod, id }] of Object.entries(containers)) {
        const procs = `${cluster.cgroupOf(pod, id)}/cgroup.procs`;
        await shell(`echo $$ > ${procs} && cat /${name} > /dev/null && cat /${name} > /dev/null`);
      }
      const cached = () => Promise.all([protectedOne, neighbor].map((one) => bytesOf(cluster, one, "file")));
      const before = await cached();
      assert.ok(before.every((bytes) => bytes >= 60 * mebibyte), `${before}`);
      const used = Number(await cluster.cgroups.read("/kubepods", "memory.current"));
      await cluster.cgroups.write("/kubepods", "memory.max", `${used - 48 * mebibyte}`);
      const after = await cached();
      console.log(
        `page cache in MiB, protected and not: ${before.map(toMiB)} before, ${after.map(toMiB)} after`,
      );
      assert.ok((after[0] ?? 0) >= 60 * mebibyte, `${after}`);
      assert.ok((after[1] ?? 0) <= 24 * mebibyte, `${after}`);
      await cluster.cgroups.write("/kubepods", "memory.max", "max");
      for (const { pod } of [protectedOne, neighbor]) await cluster.removePod(pod);
    });
  }));

function toMiB(bytes: number): number {
  return Math.round(bytes / mebibyte);
}
