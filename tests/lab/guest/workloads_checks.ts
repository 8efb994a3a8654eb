/** Programs of Debian that use hugepages, each in a container with nothing but a claim. */
import assert from "node:assert/strict";
import type { CriContainer } from "./cri.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { type DebianProgram, debianPrograms } from "./debian_programs.ts";
import { delay } from "./delay.ts";
import { type RuntimeCluster, type SandboxedPod, withRuntime } from "./runtime_cluster.ts";

const mebibyte = 1 << 20;
/** An emulated processor takes its time. */
const readySeconds = 240;

/** What the container has of Debian, see host/debian_programs.ts. */
const debian = {
  "/usr": "/lab/debian/usr",
  "/bin": "/lab/debian/usr/bin",
  "/lib": "/lab/debian/usr/lib",
  "/lib64": "/lab/debian/usr/lib64",
  "/etc": "/lab/debian/etc",
  "/tmp": "/lab/debian/tmp",
  "/var/lib/postgresql": "/lab/debian/var/lib/postgresql",
};

/** A container of a program, from its start to the end of its pod. */
interface Run {
  readonly pod: SandboxedPod;
  readonly container: string;
}

const dpdk = debianPrograms.find(({ name }) => name === "DPDK") ?? assert.fail();

type User = { readonly uid: number; readonly groups?: readonly number[] };

Deno.test("programs of Debian find what they claim, and not more", (t) =>
  withRuntime(nodeRuntime(), [], async (cluster) => {
    await cluster.claims.startDriver();
    for (const program of debianPrograms) {
      const { uid, groups } = { uid: 1000, ...program };
      for (const user of [undefined, groups === undefined ? { uid } : { uid, groups }]) {
        const who = user === undefined ? "as root" : "as another user";
        await t.step(
          `${program.name}, ${who}: its pages are those of the claim`,
          () =>
            running(cluster, program, program.mebibytes, user, async ({ pod, container }) => {
              const bytes = await untilUsed(cluster, pod, container, program.mebibytes);
              assert.ok(bytes <= program.claimed * mebibyte, `${bytes} bytes`);
              assert.deepEqual(await nodesOf(cluster, pod, container), [1]);
              if (program.second !== undefined) {
                const { second, mebibytes } = program;
                await cluster.cri.exec(container, "sh", "-c", `export MEBIBYTES=${mebibytes}\n${second}`);
              }
            }),
        );
      }
      await t.step(
        `${program.name}: more than the claim ${program.refusal}`,
        () =>
          running(cluster, program, program.tooMany, undefined, async ({ pod, container }) => {
            if (program.refusal === "ends") {
              await cluster.cri.untilExited(container, readySeconds);
              const said = await cluster.cri.logOf(pod.sandbox, { name: "main" });
              assert.match(said, /[Cc]annot (allocate|init) memory|could not map anonymous shared memory/);
              return;
            }
            await delay(20_000);
            assert.ok(await used(cluster, pod, container) <= program.claimed * mebibyte);
          }),
      );
    }
    await t.step("shmget(SHM_HUGETLB) is refused to a user who is not of the group", () => {
      const program = debianPrograms.find(({ name }) => name.startsWith("shmget")) ?? assert.fail();
      return running(cluster, program, program.mebibytes, { uid: 1000 }, async ({ pod, container }) => {
        await cluster.cri.untilExited(container, readySeconds);
        assert.match(await cluster.cri.logOf(pod.sandbox, { name: "main" }), /Operation not permitted/);
      });
    });
    await t.step("two claims of one page size make one mount, whose files hold both", () => {
      const program = debianPrograms[0] ?? assert.fail();
      const half = { ...program, claimed: program.claimed / 2, claims: 2 };
      return running(cluster, half, program.mebibytes, undefined, async ({ pod, container }) => {
        await untilUsed(cluster, pod, container, program.mebibytes);
      });
    });
    await t.step("files that are left go with the container, whose pages are free then", async () => {
      const program = debianPrograms[0] ?? assert.fail();
      const before = await freePages();
      await running(cluster, program, program.mebibytes, undefined, async ({ pod, container }) => {
        await untilUsed(cluster, pod, container, program.mebibytes);
        assert.equal(before - await freePages(), program.mebibytes / 2);
      });
      assert.equal(await freePages(), before);
    });
    await t.step("a container whose root is read-only has its hugetlbfs", async () => {
      const program = debianPrograms[0] ?? assert.fail();
      await running(cluster, program, program.mebibytes, undefined, async ({ pod, container }) => {
        await untilUsed(cluster, pod, container, program.mebibytes);
      }, { readOnlyRoot: true });
    });
    await t.step(
      "DPDK under the runtime's seccomp profile ends, for it may set no memory policy",
      () =>
        running(cluster, dpdk, dpdk.mebibytes, undefined, async ({ pod, container }) => {
          await cluster.cri.untilExited(container, readySeconds);
          const said = await cluster.cri.logOf(pod.sandbox, { name: "main" });
          assert.match(said, /set_mempolicy: Operation not permitted/);
          assert.match(said, /EAL: Cannot init memory/);
        }, { confined: true }),
    );
    await t.step(
      "with the capability SYS_NICE its pages are those of the claim",
      () =>
        running(cluster, dpdk, dpdk.mebibytes, { uid: 1000 }, async ({ pod, container }) => {
          await untilUsed(cluster, pod, container, dpdk.mebibytes);
          assert.deepEqual(await nodesOf(cluster, pod, container), [1]);
        }, { confined: true, capabilities: ["SYS_NICE"] }),
    );
    await cluster.claims.daemon.stop();
  }));

/** Runs a program in a pod of its own while something is looked at. */
async function running(
  cluster: RuntimeCluster,
  { claimed, script, claims = 1 }: DebianProgram & { readonly claims?: number },
  mebibytes: number,
  user: User | undefined,
  look: (run: Run) => Promise<void>,
  options: Pick<CriContainer, "readOnlyRoot" | "confined" | "capabilities"> = {},
): Promise<void> {
  const share = { resource: "hugepages-2m", numaNode: 1, bytes: claimed * mebibyte } as const;
  const pod = await cluster.startPod(Array.from({ length: claims }, () => share));
  try {
    const container = await cluster.cri.startContainer(pod.sandbox, {
      name: "main",
      mounts: debian,
      cdiDevices: pod.cdiDevices,
      command: ["sh", "-c", script],
      env: { MEBIBYTES: `${mebibytes}`, HOME: "/tmp" },
      ...options,
      ...(user === undefined ? {} : { user }),
    });
    try {
      await look({ pod, container });
    } catch (error) {
      console.log(await cluster.cri.logOf(pod.sandbox, { name: "main" }));
      throw error;
    }
  } finally {
    await cluster.removePod(pod);
  }
}

/** What a container uses, or has had reserved to it: programs need not touch what they map. */
async function used(cluster: RuntimeCluster, pod: SandboxedPod, container: string): Promise<number> {
  const files = ["hugetlb.2MB.current", "hugetlb.2MB.rsvd.current"];
  const read = (file: string) => cluster.cgroups.read(`${pod.cgroup}/${container}`, file);
  return Math.max(...(await Promise.all(files.map(read))).map(Number));
}

/** Waits until a container uses so much, and returns what it uses. */
async function untilUsed(
  cluster: RuntimeCluster,
  pod: SandboxedPod,
  container: string,
  mebibytes: number,
): Promise<number> {
  for (let second = 0;; second++) {
    const bytes = await used(cluster, pod, container);
    if (bytes >= mebibytes * mebibyte) return bytes;
    assert.ok(second < readySeconds, `the container uses ${bytes} bytes`);
    assert.ok(await cluster.cri.isRunning(container), `the container ended, and used ${bytes} bytes`);
    await delay(1000);
  }
}

/** The NUMA nodes of a container's hugepages, by what its processes have mapped (proc_pid_numa_maps(5)). */
async function nodesOf(cluster: RuntimeCluster, pod: SandboxedPod, container: string): Promise<number[]> {
  const processes = (await cluster.cgroups.read(`${pod.cgroup}/${container}`, "cgroup.procs")).split("\n");
  const nodes = new Set<number>();
  for (const process of processes.filter((id) => id !== "")) {
    const maps = await Deno.readTextFile(`/proc/${process}/numa_maps`);
    for (const line of maps.split("\n").filter((line) => / huge /.test(line))) {
      for (const [, node] of line.matchAll(/ N(\d+)=\d+/g)) nodes.add(Number(node));
    }
  }
  return [...nodes].sort();
}

async function freePages(): Promise<number> {
  const pool = "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages";
  return Number(await Deno.readTextFile(pool));
}
