import { SimulatedRuntime } from "../../../adapters/simulator/runtime/simulated_runtime.ts";
import { ClaimCluster, type ClaimingPod } from "./claim_cluster.ts";
import { KernelCgroups } from "./kernel_cgroups.ts";
import type { ClaimedShare, PlacedContainer, Placement } from "./placement.ts";

const directory = "/run/cluster";

/** A pod whose claims are prepared and whose sandbox runs, without containers yet. */
export interface PreparedPod extends ClaimingPod {
  readonly sandbox: Parameters<SimulatedRuntime["createContainer"]>[0];
}

/** The simulated components on the kernel's cgroups, and the executable under test as their driver. */
export class DriverCluster implements Placement {
  readonly cgroups = new KernelCgroups();
  readonly #paths = {
    kubeconfig: `${directory}/kubeconfig`,
    kubeletRoot: `${directory}/kubelet`,
    cdiDir: `${directory}/cdi`,
    nriSocket: `${directory}/nri.sock`,
    cgroupMount: this.cgroups.mount,
  };
  readonly claims = new ClaimCluster(this.#paths);
  readonly runtime = new SimulatedRuntime({
    socketPath: this.#paths.nriSocket,
    cdiDirectory: this.#paths.cdiDir,
    cgroups: this.cgroups,
  });

  /** Starts the components and the driver. */
  async open(): Promise<void> {
    await Deno.mkdir(directory, { recursive: true });
    await this.runtime.start();
    await this.claims.open();
    await this.claims.startDriver();
  }

  /** Ends everything, the driver first. */
  async close(): Promise<void> {
    await this.claims.daemon.stop();
    await this.claims.close();
    await this.runtime.stop();
  }

  async start(shares: readonly ClaimedShare[]): Promise<PlacedContainer> {
    const pod = await this.preparePod(shares);
    const { sandbox, cdiDevices } = pod;
    const { cgroup } = await this.runtime.createContainer(sandbox, { name: "main", cdiDevices });
    return {
      cgroup: this.cgroups.mount + cgroup,
      [Symbol.asyncDispose]: () => this.removePod(pod),
    };
  }

  /** Makes a pod whose container `main` has a claim for each share, as far as its sandbox. */
  async preparePod(shares: readonly ClaimedShare[]): Promise<PreparedPod> {
    const pod = await this.claims.preparePod(shares);
    return { ...pod, sandbox: await this.runtime.runPod(pod.reference) };
  }

  /** Removes a pod with its containers, and gives its claims back. */
  async removePod(pod: PreparedPod): Promise<void> {
    await this.runtime.removePod(pod.sandbox);
    await this.claims.removePod(pod);
  }
}
