import { join } from "node:path";
import type { PageSize } from "../../core/values/page_size.ts";
import { ApiClient } from "./api_client.ts";
import { SimulatedApiServer } from "./api_server/simulated_api_server.ts";
import { SimulatedKubelet } from "./kubelet/simulated_kubelet.ts";
import { CgroupTree } from "./runtime/cgroup_tree.ts";
import { SimulatedRuntime } from "./runtime/simulated_runtime.ts";
import { SimulatedScheduler } from "./scheduler/simulated_scheduler.ts";

/** Where a driver finds this cluster. */
export interface ClusterPaths {
  readonly kubeconfig: string;
  readonly kubeletRoot: string;
  readonly cdiDir: string;
  readonly nriSocket: string;
  readonly cgroupMount: string;
}

/** A cluster of one node in one directory and this process, speaking the real protocols over real sockets. */
export class SimulatedCluster {
  readonly api = new SimulatedApiServer();
  readonly kubelet: SimulatedKubelet;
  readonly runtime: SimulatedRuntime;
  readonly cgroups: CgroupTree;
  readonly paths: ClusterPaths;
  #client: ApiClient | undefined;

  /** `pageSizes` are the hugepage sizes of the node's cgroups. */
  constructor(directory: string, pageSizes: readonly PageSize[]) {
    this.paths = {
      kubeconfig: join(directory, "kubeconfig"),
      kubeletRoot: join(directory, "kubelet"),
      cdiDir: join(directory, "cdi"),
      nriSocket: join(directory, "nri.sock"),
      cgroupMount: join(directory, "cgroup"),
    };
    const { kubeletRoot, cdiDir, nriSocket, cgroupMount } = this.paths;
    this.kubelet = new SimulatedKubelet({ root: kubeletRoot });
    this.cgroups = new CgroupTree(cgroupMount, pageSizes);
    this.runtime = new SimulatedRuntime({
      socketPath: nriSocket,
      cdiDirectory: cdiDir,
      cgroups: this.cgroups,
    });
  }

  /** Starts everything and adds the Node. */
  async start(nodeName: string): Promise<void> {
    await this.api.start();
    await Deno.writeTextFile(this.paths.kubeconfig, this.api.kubeconfig, { mode: 0o600 });
    await Deno.mkdir(this.paths.cdiDir, { recursive: true });
    await Deno.mkdir(this.paths.cgroupMount, { recursive: true });
    await this.runtime.start();
    await this.kubelet.start();
    this.#client = new ApiClient(this.api);
    await this.#client.request("POST", "/api/v1/nodes", {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: nodeName },
    });
  }

  /** What an administrator uses. Only while the cluster runs. */
  get client(): ApiClient {
    if (this.#client === undefined) throw new Error("Cannot use the cluster: it is not started");
    return this.#client;
  }

  get scheduler(): SimulatedScheduler {
    return new SimulatedScheduler(this.client);
  }

  async stop(): Promise<void> {
    this.#client?.close();
    await this.kubelet.stop();
    await this.runtime.stop();
    await this.api.stop();
  }
}
