/** What a claim's configuration limits and protects, on a machine of three nodes, with swap and under pressure. */
import assert from "node:assert/strict";
import { until } from "../../until.ts";
import { Containerd } from "./containerd.ts";
import type { ClaimedShare } from "./placement.ts";
import { type RuntimeCluster, type SandboxedPod, withRuntime } from "./runtime_cluster.ts";
import { Workload } from "./workload.ts";

const mebibyte = 1 << 20;

function memoryOf(mebibytes: number, limits?: Record<string, unknown>): ClaimedShare {
  const config = limits === undefined ? {} : { config: { limits } };
  return { resource: "memory", numaNode: 1, bytes: mebibytes * mebibyte, ...config };
}

/** A started container of a pod of its own. */
interface Started {
  readonly pod: SandboxedPod;
  readonly id: string;
}

async function start(cluster: RuntimeCluster, share: ClaimedShare, ...args: string[]): Promise<Started> {
  const pod = await cluster.startPod([share]);
  const { sandbox, cdiDevices } = pod;
  const id = await cluster.cri.startContainer(sandbox, {
    name: "main",
    cdiDevices,
    ...(args.length === 0 ? {} : { args }),
  });
  return { pod, id };
}

/** A file of the container's cgroup. */
function read(cluster: RuntimeCluster, { pod, id }: Started, file: string): Promise<string> {
  return cluster.cgroups.read(`${pod.cgroup}/${id}`, file);
}

async function statOf(
  cluster: RuntimeCluster,
  container: Started,
  file: string,
  name: string,
): Promise<number> {
  const [, count] = new RegExp(`^${name} (\\d+)$`, "m").exec(await read(cluster, container, file)) ?? [];
  return Number(count);
}

async function shell(command: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-c", command] }).output();
  assert.ok(success, `${command}: ${new TextDecoder().decode(stderr)}`);
}

Deno.test("a container's memory is limited and protected as its claim's configuration says", (t) =>
  withRuntime(new Containerd(), [], async (cluster) => {
    await cluster.claims.startDriver();

    await t.step("without configuration a claim limits nothing", async () => {
      const started = await start(cluster, memoryOf(64));
      for (const file of ["memory.max", "memory.high", "memory.swap.max"]) {
        assert.equal(await read(cluster, started, file), "max", file);
      }
      assert.equal(await read(cluster, started, "memory.min"), "0");
      await cluster.removePod(started.pod);
    });

    await t.step(
      "every limit is in its file, what is protected in those of the cgroups above, and goes again",
      async () => {
        const limits = { max: "claim", highPercent: 75, lowPercent: 50, minPercent: 25, swap: "forbidden" };
        const started = await start(cluster, memoryOf(64, limits));
        const found: Record<string, string> = {};
        for (const file of ["max", "high", "low", "min", "swap.max"]) {
          found[file] = await read(cluster, started, `memory.${file}`);
        }
        assert.deepEqual(found, {
          max: `${64 * mebibyte}`,
          high: `${48 * mebibyte}`,
          low: `${32 * mebibyte}`,
          min: `${16 * mebibyte}`,
          "swap.max": "0",
        });
        for (const path of [started.pod.cgroup, "/kubepods/burstable", "/kubepods"]) {
          assert.equal(await cluster.cgroups.read(path, "memory.min"), `${16 * mebibyte}`, path);
          assert.equal(await cluster.cgroups.read(path, "memory.low"), `${32 * mebibyte}`, path);
        }
        await cluster.removePod(started.pod);
        await until(
          "what was protected to go",
          async () => await cluster.cgroups.read("/kubepods", "memory.min") === "0" || undefined,
          60,
        );
      },
    );

    await t.step("a container is killed at what it claims", async () => {
      const started = await start(cluster, memoryOf(64, { max: "claim" }), "--bytes", "96Mi", "--hold");
      await cluster.cri.untilExited(started.id, 120);
      await cluster.removePod(started.pod);
      const within = await start(cluster, memoryOf(64, { max: "claim" }), "--bytes", "48Mi", "--hold");
      await until(
        "the memory to be touched",
        async () => await statOf(cluster, within, "memory.stat", "anon") >= 48 * mebibyte || undefined,
        120,
      );
      assert.equal(await cluster.cri.isRunning(within.id), true);
      assert.equal(await statOf(cluster, within, "memory.events", "oom_kill"), 0);
      await using workload = new Workload({
        cgroup: cluster.cgroupOf(within.pod, within.id),
        bytes: 32 * mebibyte,
        page: "base",
      });
      assert.equal(await workload.outcome(), "SIGKILL");
      assert.equal(await statOf(cluster, within, "memory.events", "oom_kill"), 1);
      await cluster.removePod(within.pod);
    });

    await t.step(
      "the limit outlives an update and a restart of the driver, and is put right in the pod",
      async () => {
        const limits = { max: "claim", minPercent: 50 };
        const started = await start(cluster, memoryOf(64, limits));
        const pod = (file: string) => cluster.cgroups.read(started.pod.cgroup, file);
        await shell(`crictl update --memory ${128 * mebibyte} ${started.id}`);
        assert.equal(await read(cluster, started, "memory.max"), `${192 * mebibyte}`);
        await shell(`crictl update --cpu-share 512 ${started.id}`);
        assert.equal(await read(cluster, started, "memory.max"), `${192 * mebibyte}`);
        // As the kubelet does at a resize.
        await cluster.cgroups.write(started.pod.cgroup, "memory.max", `${128 * mebibyte}`);
        await until(
          "the pod's limit",
          async () => await pod("memory.max") === `${192 * mebibyte}` || undefined,
          60,
        );
        await cluster.claims.daemon.kill();
        await cluster.claims.startDriver();
        assert.equal(await read(cluster, started, "memory.max"), `${192 * mebibyte}`);
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
      const args = ["--bytes", "48Mi", "--hold"];
      const forbidden = await start(cluster, memoryOf(64, { max: "claim", swap: "forbidden" }), ...args);
      const allowed = await start(cluster, memoryOf(64, { max: "claim" }), ...args);
      for (const started of [forbidden, allowed]) {
        await until(
          "the memory to be touched",
          async () => await statOf(cluster, started, "memory.stat", "anon") >= 48 * mebibyte || undefined,
          120,
        );
        // What cannot be taken back is an error.
        await cluster.cgroups.write(`${started.pod.cgroup}/${started.id}`, "memory.reclaim", "16M").catch(
          () => {},
        );
      }
      assert.equal(await read(cluster, forbidden, "memory.swap.current"), "0");
      assert.ok(Number(await read(cluster, allowed, "memory.swap.current")) >= 8 * mebibyte);
      await shell("swapoff /swapfile");
      for (const { pod } of [forbidden, allowed]) await cluster.removePod(pod);
    });

    await t.step("what is protected stays under pressure, and its neighbour's is taken", async () => {
      const protectedOne = await start(cluster, memoryOf(96, { minPercent: 100 }));
      const neighbor = await start(cluster, memoryOf(96));
      for (const [name, started] of [["protected", protectedOne], ["neighbor", neighbor]] as const) {
        await shell(`dd if=/dev/zero of=/${name} bs=1M count=64 2>/dev/null`);
        await shell("sync; echo 3 > /proc/sys/vm/drop_caches");
        const procs = `${cluster.cgroupOf(started.pod, started.id)}/cgroup.procs`;
        await shell(`echo $$ > ${procs} && cat /${name} > /dev/null && cat /${name} > /dev/null`);
      }
      const cached = () =>
        Promise.all([protectedOne, neighbor].map((one) => statOf(cluster, one, "memory.stat", "file")));
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
