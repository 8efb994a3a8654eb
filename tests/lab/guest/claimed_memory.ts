import assert from "node:assert/strict";
import { until } from "../../until.ts";
import { parseReport } from "../../workload/report.ts";
import type { ClaimedShare } from "./placement.ts";
import type { RuntimeCluster, SandboxedPod } from "./runtime_cluster.ts";

export const mebibyte = 1 << 20;
/** How long a container may take on an emulated processor to touch its memory. */
const touchSeconds = 180;

/** A started container of a pod of its own, `main`. */
export interface StartedContainer {
  readonly pod: SandboxedPod;
  readonly id: string;
}

/** Where a container's program has its memory, in mebibytes by node, and what the kernel was told of it. */
export interface SeenMemory {
  readonly mebibytes: Readonly<Record<number, number>>;
  /** As `numa_maps` of its process has it. */
  readonly policy: string;
  /** The nodes that its cpuset allows. */
  readonly allowed: string;
}

/** Starts a container of a pod of its own with a claim for each share, see {@link startIn}. */
export async function startContainer(
  cluster: RuntimeCluster,
  shares: readonly ClaimedShare[],
  mebibytes?: number,
): Promise<StartedContainer> {
  return await startIn(cluster, await cluster.startPod(shares), mebibytes);
}

/** Starts a pod's container with its claims, whose program touches so much memory, next to none as a rule, and waits. */
export async function startIn(
  { cri }: RuntimeCluster,
  pod: SandboxedPod,
  mebibytes?: number,
): Promise<StartedContainer> {
  const { sandbox, cdiDevices } = pod;
  const args = mebibytes === undefined ? {} : { args: ["--bytes", `${mebibytes}Mi`, "--hold"] };
  return { pod, id: await cri.startContainer(sandbox, { name: "main", cdiDevices, ...args }) };
}

/** Waits until the container's program has touched its memory, and looks where it is. */
export async function seenMemory(
  cluster: RuntimeCluster,
  { pod, id }: StartedContainer,
): Promise<SeenMemory> {
  const { cri } = cluster;
  const line = await until("what the container says", async () => {
    const [line = ""] = (await cri.logOf(pod.sandbox, { name: "main" })).split("\n");
    return line === "" ? undefined : line;
  }, touchSeconds);
  const report = parseReport(line);
  assert.ok("nodes" in report, line);
  const process = await cri.processOf(id);
  const maps = await Deno.readTextFile(`/proc/${process}/numa_maps`);
  const [, policy = ""] = /^[0-9a-f]+ (.+?)(?: (?:file|stack|heap|anon|mapped)\b|$)/m.exec(maps) ?? [];
  const nodes = Object.entries(report.nodes).map(([node, bytes]) => [node, Math.round(bytes / mebibyte)]);
  return { mebibytes: Object.fromEntries(nodes), policy, allowed: report.allowedNodes };
}

/** What `dramemory status` compares of the one container that runs, by the kernel's file. */
export async function comparedByStatus(): Promise<Readonly<Record<string, readonly [unknown, unknown]>>> {
  const status = JSON.parse(await output("dramemory", "status", "-o", "json"));
  assert.deepEqual([status.source, status.problems, status.containers.length], ["driver", [], 1]);
  const rows: { file: string; of: string; promised: unknown; actual: unknown; differs: boolean }[] =
    status.containers[0].comparisons;
  return Object.fromEntries(
    rows.filter(({ of, promised }) => of === "container" && promised !== null)
      .map(({ file, promised, actual }) => [file, [promised, actual]]),
  );
}

/** What a program prints, however it ends. */
export async function output(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args: [...args] }).output();
  return new TextDecoder().decode(stdout);
}
