/** What the kernel does with memory on NUMA nodes that pins and policies do not keep it from, without the driver. */
import assert from "node:assert/strict";
import { KernelCgroups } from "./kernel_cgroups.ts";
import { Workload } from "./workload.ts";

const cgroups = new KernelCgroups();
const MiB = 1 << 20;
const khugepaged = "/sys/kernel/mm/transparent_hugepage/khugepaged";

Deno.test("khugepaged puts an interleaved heap together on one node", async () => {
  const usualPause = await Deno.readTextFile(`${khugepaged}/scan_sleep_millisecs`);
  await cgroups.createUnlimited("/container");
  await Deno.writeTextFile(`${khugepaged}/scan_sleep_millisecs`, "3600000");
  // Its heap grows by pieces that are smaller than a transparent hugepage.
  const script =
    'echo $$ >"$1/cgroup.procs" && exec awk "BEGIN { while (i < 400000) a[i++] = i; print i; getline }"';
  const process = interleaved(() =>
    new Deno.Command("sh", {
      args: ["-c", script, "sh", `${cgroups.mount}/container`],
      stdin: "piped",
      stdout: "piped",
      signal: AbortSignal.timeout(240_000),
    }).spawn()
  );
  try {
    const output = process.stdout.getReader();
    assert.ok(!(await output.read()).done, "awk ended");
    output.releaseLock();
    const before = await heap(process.pid);
    assert.ok(before.every((pages) => pages > 2048), JSON.stringify(before));
    await Deno.writeTextFile(`${khugepaged}/pages_to_scan`, "40960");
    await Deno.writeTextFile(`${khugepaged}/scan_sleep_millisecs`, "100");
    // The ends of the heap, and what it has grown into last, do not fill a piece of 2 MiB.
    for (let [, second] = before, tries = 0; second > 768; [, second] = await heap(process.pid)) {
      assert.ok(++tries < 120, `${second} pages are on node 1, of ${before} before`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    await process.stdin.close();
    await process.stdout.cancel();
    await process.status;
    await Deno.writeTextFile(`${khugepaged}/scan_sleep_millisecs`, usualPause);
    await cgroups.remove("/container");
  }
});

/** The pages of a process's heap on nodes 0 and 1. */
async function heap(pid: number): Promise<[number, number]> {
  const [line = ""] = /^.* heap .*$/m.exec(await Deno.readTextFile(`/proc/${pid}/numa_maps`)) ?? [];
  const [first = 0, second = 0] = [/ N0=(\d+)/, / N1=(\d+)/].map((node) => Number(node.exec(line)?.[1] ?? 0));
  return [first, second];
}

Deno.test("a container whose node is full has a process killed that uses another one", async () => {
  await cgroups.createUnlimited("/neighbor");
  await cgroups.createUnlimited("/container");
  try {
    await cgroups.write("/container", "cpuset.mems", "0");
    const bytes = 64 * MiB;
    // To the kernel the workload is the first to go, as pods of the QoS class BestEffort are.
    await using neighbor = new Workload({ cgroup: `${cgroups.mount}/neighbor`, bytes, page: "base", cpu: 1 });
    assert.deepEqual(await neighbor.outcome(), { 1: bytes });
    await using container = new Workload({
      cgroup: `${cgroups.mount}/container`,
      bytes: 640 * MiB,
      page: "base",
      touchLater: true,
    });
    assert.deepEqual(await container.outcome(), {});
    const pid = (await cgroups.read("/container", "cgroup.procs")).trim();
    await Deno.writeTextFile(`/proc/${pid}/oom_score_adj`, "0");
    assert.equal(await container.whereNow(), "SIGKILL");
    assert.equal(await neighbor.outcome(), "SIGKILL");
  } finally {
    await cgroups.remove("/neighbor");
    await cgroups.remove("/container");
  }
});

/**
 * Starts a process that takes its memory from both nodes in turn: a policy is inherited, and with these flags it holds for
 * the nodes of the cgroup that the process joins (set_mempolicy(2)).
 */
function interleaved<T>(start: () => T): T {
  const setMempolicy = 238, defaultPolicy = 0, interleave = 3, staticNodes = 1 << 15;
  const libc = Deno.dlopen("libc.so.6", {
    syscall: { parameters: ["i64", "i64", "buffer", "u64"], result: "i64" },
  });
  const set = (policy: number, nodes: bigint) => {
    const failed = libc.symbols.syscall(
      BigInt(setMempolicy),
      BigInt(policy),
      new BigUint64Array([nodes]),
      64n,
    );
    assert.equal(failed, 0n);
  };
  try {
    set(interleave | staticNodes, 0b11n);
    return start();
  } finally {
    set(defaultPolicy, 0n);
    libc.close();
  }
}
