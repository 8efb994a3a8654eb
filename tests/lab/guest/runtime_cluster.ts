import { isDeepStrictEqual } from "node:util";
import { until } from "../../until.ts";
import { ClaimCluster, type ClaimingPod } from "./claim_cluster.ts";
import { isThere, type NodeRuntime } from "./node_runtime.ts";
import { Cri, type CriSandbox, type SandboxOptions } from "./cri.ts";
import { KernelCgroups } from "./kernel_cgroups.ts";
import type { ClaimedShare, PlacedContainer, Placement } from "./placement.ts";
import { podCgroups } from "./pod_cgroups.ts";

const directory = "/run/cluster";

/** A pod whose claims are prepared and whose sandbox runs, without containers yet. */
export interface SandboxedPod extends ClaimingPod {
  readonly sandbox: CriSandbox;
  /** Its cgroup, from the mount. */
  readonly cgroup: string;
}

/** What the kernel was told for a cgroup: the nodes, and the bytes in pages of 2 MiB, used and reserved. */
export interface KernelLimits {
  readonly mems: string;
  readonly usage: string;
  readonly reservations: string;
}

/** What the kernel is to be told for a container with one claim of 2 MiB pages. */
export function limitsOf({ numaNode, bytes }: ClaimedShare): KernelLimits {
  return { mems: `${numaNode}`, usage: `${bytes}`, reservations: `${bytes}` };
}

/** What the kernel is told for a container without a claim, of a pod without hugepages: crun limits no reservations. */
export const untouched: KernelLimits = {
  mems: "",
  usage: "0",
  reservations: isThere("/lab/crun") ? "max" : "0",
};

/**
 * Runs checks with a runtime that is set up by `dramemory setup-runtime` and its flags. The driver is theirs to
 * start, and ended afterwards if it still runs.
 */
export async function withRuntime(
  runtime: NodeRuntime,
  flags: readonly string[],
  checks: (cluster: RuntimeCluster) => Promise<void>,
): Promise<void> {
  const cluster = new RuntimeCluster(runtime);
  await cluster.open(flags);
  try {
    await checks(cluster);
  } finally {
    await cluster.claims.daemon.kill();
    await cluster.close();
  }
}

/** A simulated control plane and kubelet, a real runtime, and the executable under test as their driver. */
export class RuntimeCluster implements Placement {
  readonly cgroups = new KernelCgroups();
  readonly #pods = podCgroups(this.cgroups);
  readonly runtime: NodeRuntime;
  readonly cri = new Cri(`${directory}/cri`);
  readonly claims = new ClaimCluster({
    kubeconfig: `${directory}/kubeconfig`,
    kubeletRoot: "/var/lib/kubelet",
    cdiDir: "/var/run/cdi",
    nriSocket: "/var/run/nri/nri.sock",
    cgroupMount: this.cgroups.mount,
  });

  constructor(runtime: NodeRuntime) {
    this.runtime = runtime;
  }

  /** Starts all but the driver. The flags are those of setup-runtime. */
  async open(flags: readonly string[]): Promise<void> {
    await Deno.mkdir(`${directory}/cri`, { recursive: true });
    await this.runtime.configure(...flags);
    await this.runtime.start();
    await this.claims.open();
  }

  /** Ends all but the driver. */
  async close(): Promise<void> {
    await this.claims.close();
    await this.runtime.stop();
  }

  async start(shares: readonly ClaimedShare[]): Promise<PlacedContainer> {
    const pod = await this.startPod(shares);
    const container = await this.startMain(pod);
    return {
      cgroup: this.cgroupOf(pod, container),
      [Symbol.asyncDispose]: () => this.removePod(pod),
    };
  }

  /** Makes a pod whose container `main` has a claim for each share, as far as its sandbox, as the kubelet does. */
  async startPod(
    shares: readonly ClaimedShare[],
    sandbox: SandboxOptions = {},
  ): Promise<SandboxedPod> {
    const pod = await this.claims.preparePod(shares, sandbox.hostUsers);
    const cgroup = await this.#pods.create(pod.reference.uid);
    return { ...pod, cgroup, sandbox: await this.cri.runPod({ ...pod.reference, cgroup }, sandbox) };
  }

  /** Starts a pod's container `main` with the pod's claims. Returns its id. */
  startMain({ sandbox, cdiDevices }: SandboxedPod): Promise<string> {
    return this.cri.startContainer(sandbox, { name: "main", cdiDevices });
  }

  /** Removes a pod with its containers, and gives its claims back. */
  async removePod(pod: SandboxedPod): Promise<void> {
    await this.cri.removePod(pod.sandbox);
    await this.claims.removePod(pod);
    await this.#pods.remove(pod.cgroup);
  }

  /** The directory of a container's cgroup. */
  cgroupOf({ cgroup }: SandboxedPod, container: string): string {
    return `${this.cgroups.mount}${this.runtime.cgroupOf(cgroup, container)}`;
  }

  /** What the kernel was told for a container, or for the pod itself when none is named. */
  async limits({ cgroup }: SandboxedPod, container = ""): Promise<KernelLimits> {
    const where = container === "" ? cgroup : this.runtime.cgroupOf(cgroup, container);
    const read = (file: string) => this.cgroups.read(where, file);
    return {
      mems: await read("cpuset.mems"),
      usage: limitIn(await read("hugetlb.2MB.max")),
      reservations: limitIn(await read("hugetlb.2MB.rsvd.max")),
    };
  }

  /** Waits until a container has these limits, for as long as a driver takes that has to connect anew. */
  async untilLimits(pod: SandboxedPod, container: string, limits: KernelLimits): Promise<void> {
    await until(
      `limits ${JSON.stringify(limits)}`,
      async () => isDeepStrictEqual(await this.limits(pod, container), limits) || undefined,
      60,
    );
  }
}

/** A limit as the file has it; before the first write the kernel has a number for none. */
function limitIn(text: string): string {
  return /^\d{19}$/.test(text) ? "max" : text;
}
