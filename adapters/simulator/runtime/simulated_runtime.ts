import { dirname } from "node:path";
import type { PodReference } from "../../../core/claims/claim.ts";
import * as nri from "../../protocols/nri/generated/nri.ts";
import { ConnectionClosedError } from "../../protocols/nri/ttrpc/close_reason.ts";
import { injectCdi } from "./cdi_injection.ts";
import type { CgroupTree } from "./cgroup_tree.ts";
import { NriRuntime } from "./nri_runtime.ts";

/** Where the runtime finds what it works with. */
export interface SimulatedRuntimeOptions {
  /** The NRI socket that plugins connect to. */
  readonly socketPath: string;
  readonly cdiDirectory: string;
  readonly cgroups: Pick<CgroupTree, "create" | "apply" | "remove">;
}

/** A container to create. */
export interface ContainerRequest {
  readonly name: string;
  readonly environment?: readonly string[];
  /** Fully qualified CDI device names, as the kubelet passes them. */
  readonly cdiDevices?: readonly string[];
}

/** A container that was created. */
export interface CreatedContainer {
  readonly id: string;
  readonly name: string;
  readonly environment: readonly string[];
  /** Its cgroup, below the mount. */
  readonly cgroup: string;
}

/**
 * A container runtime as far as an NRI plugin and CDI devices see it: it injects devices, asks the plugin, and
 * writes the limits that come out. No process is started.
 */
export class SimulatedRuntime {
  readonly #options: SimulatedRuntimeOptions;
  readonly #pods = new Map<string, nri.PodSandbox>();
  readonly #containers = new Map<string, { container: nri.Container; cgroup: string }>();
  #listener: Deno.UnixListener | undefined;
  #accepting: Promise<void> | undefined;
  #plugin: NriRuntime | undefined;
  #connected = Promise.withResolvers<string>();
  #containerCount = 0;

  constructor(options: SimulatedRuntimeOptions) {
    this.#options = options;
  }

  /** Listens for plugins. */
  async start(): Promise<void> {
    await Deno.mkdir(dirname(this.#options.socketPath), { recursive: true });
    this.#listener = Deno.listen({ transport: "unix", path: this.#options.socketPath });
    this.#accepting = this.#accept(this.#listener);
  }

  async stop(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    await this.#plugin?.close();
    await this.#accepting;
  }

  /** Resolves with the name of the plugin once that is registered, configured and synchronized. */
  pluginConnected(): Promise<string> {
    return this.#connected.promise;
  }

  /** Makes a pod's sandbox and its cgroup, without any hugepages, as the kubelet does. */
  async runPod({ namespace, name, uid }: PodReference): Promise<nri.PodSandbox> {
    const cgroupParent = `/kubepods/burstable/pod${uid}`;
    await this.#options.cgroups.create(cgroupParent);
    const pod = nri.PodSandbox.fromPartial({
      id: `sandbox-${uid}`,
      namespace,
      name,
      uid,
      linux: { cgroupParent },
    });
    this.#pods.set(pod.id, pod);
    return pod;
  }

  /** Creates a container. Rejects, leaving nothing behind, when a device cannot be injected or the plugin refuses. */
  async createContainer(pod: nri.PodSandbox, request: ContainerRequest): Promise<CreatedContainer> {
    const { cdiDirectory, cgroups } = this.#options;
    const env = await injectCdi(cdiDirectory, request.cdiDevices ?? [], request.environment ?? []);
    const id = `container-${++this.#containerCount}`;
    const container = nri.Container.fromPartial({ id, podSandboxId: pod.id, name: request.name, env });
    const adjustment = await this.#tell((plugin) => plugin.createContainer(pod, container));

    const { cpu, memory, hugepageLimits = [], unified = {} } = adjustment?.linux?.resources ?? {};
    const resources = nri.LinuxResources.fromPartial({ cpu: cpu ?? {}, memory, hugepageLimits, unified });
    container.linux = nri.LinuxContainer.fromPartial({ resources });
    const cgroup = `${pod.linux?.cgroupParent}/${id}`;
    await cgroups.create(cgroup);
    await cgroups.apply(cgroup, {
      mems: cpu?.mems ?? "",
      hugetlb: hugetlbOf(resources),
      memory: memoryOf(resources),
    });
    container.state = nri.ContainerState.CONTAINER_RUNNING;
    this.#containers.set(id, { container, cgroup });
    return { id, name: request.name, environment: env, cgroup };
  }

  /** Removes a container and its cgroup, and tells the plugin. */
  async removeContainer(id: string): Promise<void> {
    const found = this.#containers.get(id);
    if (found === undefined) return;
    this.#containers.delete(id);
    await this.#options.cgroups.remove(found.cgroup);
    const pod = this.#pods.get(found.container.podSandboxId);
    if (pod !== undefined) await this.#tell((plugin) => plugin.containerRemoved(pod, found.container));
  }

  /** Removes a pod with all its containers. */
  async removePod(pod: nri.PodSandbox): Promise<void> {
    for (const [id, { container }] of this.#containers) {
      if (container.podSandboxId === pod.id) await this.removeContainer(id);
    }
    this.#pods.delete(pod.id);
    if (pod.linux !== undefined) await this.#options.cgroups.remove(pod.linux.cgroupParent);
    await this.#tell((plugin) => plugin.podRemoved(pod));
  }

  /** Asks or tells the plugin. Without one that answers, a runtime goes on by itself. */
  async #tell<T>(call: (plugin: NriRuntime) => Promise<T>): Promise<T | undefined> {
    try {
      return this.#plugin && await call(this.#plugin);
    } catch (error) {
      if (!(error instanceof ConnectionClosedError)) throw error;
      this.#plugin = undefined;
    }
  }

  /** Takes one plugin at a time, the newest. */
  async #accept(listener: Deno.UnixListener): Promise<void> {
    for await (const connection of listener) {
      await this.#plugin?.close();
      const plugin = new NriRuntime(connection);
      this.#plugin = plugin;
      try {
        const { plugin: name } = await plugin.admit();
        const containers = [...this.#containers.values()].map(({ container }) => container);
        for (const update of await plugin.synchronize([...this.#pods.values()], containers)) {
          await this.#update(update);
        }
        this.#connected.resolve(name);
      } catch {
        // A plugin that breaks off during registration is dropped, as a real runtime does; it connects again.
        await plugin.close();
        this.#plugin = undefined;
      }
    }
  }

  /**
   * Pins a container that exists. Of hugetlb it has no say: `runc update` writes again what the container was created
   * with (seen with 1.5.2).
   */
  async #update({ containerId, linux }: nri.ContainerUpdate): Promise<void> {
    const found = this.#containers.get(containerId);
    if (found === undefined) return;
    await this.#options.cgroups.apply(found.cgroup, {
      mems: linux?.resources?.cpu?.mems ?? "",
      hugetlb: hugetlbOf(found.container.linux?.resources),
      ...(linux?.resources === undefined ? {} : { memory: memoryOf(linux.resources) }),
    });
  }
}

function hugetlbOf(resources: nri.LinuxResources | undefined): Map<string, bigint> {
  return new Map(resources?.hugepageLimits.map(({ pageSize, limit }) => [pageSize, limit]));
}

/** Files that are named as such, and `memory.max`, which has a field of its own. */
function memoryOf({ memory, unified }: nri.LinuxResources): Map<string, string> {
  const limit = memory?.limit?.value;
  return new Map([
    ...(limit === undefined ? [] : [["memory.max", `${limit}`] as const]),
    ...Object.entries(unified).filter(([file]) => file.startsWith("memory.")),
  ]);
}
