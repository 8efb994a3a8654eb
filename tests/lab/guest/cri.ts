import assert from "node:assert/strict";

/** How long a call of CRI may take on an emulated processor. */
const callMilliseconds = 120_000;

/** A pod as the kubelet hands it to the runtime. It shares the machine's network, as no network plugin is there. */
export interface CriPod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** The pod's cgroup, from the mount, which exists already. */
  readonly cgroup: string;
}

/** A pod whose sandbox runs. */
export interface CriSandbox {
  readonly id: string;
  /** The file of its configuration, which containers are created with. */
  readonly config: string;
}

/** A container to be created. */
export interface CriContainer {
  readonly name: string;
  readonly cdiDevices?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it runs; it waits when undefined. */
  readonly command?: readonly string[];
}

/** The runtime refused a call; the message is its own. */
export class CriError extends Error {
  override name = "CriError";
}

/** A container runtime, called over CRI by crictl as the kubelet does. */
export class Cri {
  readonly #directory: string;

  /** Configurations of pods and containers are written to the directory, and their logs. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Runs a pod's sandbox. */
  async runPod({ name, namespace, uid, cgroup }: CriPod): Promise<CriSandbox> {
    const logs = `${this.#directory}/${uid}`;
    await Deno.mkdir(logs, { recursive: true });
    const config = await this.#write(`${uid}.json`, {
      metadata: { name, namespace, uid, attempt: 0 },
      log_directory: logs,
      linux: { cgroup_parent: cgroup, security_context: { namespace_options: { network: 2 } } },
    });
    return { id: await crictl("runp", config), config };
  }

  /** Creates and starts a container, with limits of no hugepages, as the kubelet does. Returns its id. */
  async startContainer(sandbox: CriSandbox, container: CriContainer): Promise<string> {
    const id = await this.createContainer(sandbox, container);
    await crictl("start", id);
    return id;
  }

  /** Creates a container and returns its id. Throws {@link CriError} when the runtime, or a plugin, refuses. */
  async createContainer(sandbox: CriSandbox, container: CriContainer): Promise<string> {
    const { name, cdiDevices = [], env = {}, command } = container;
    const config = await this.#write(`${sandbox.id}-${name}.json`, {
      metadata: { name, attempt: 0 },
      image: { image: "lab.test/workload:1" },
      ...(command === undefined ? {} : { command }),
      envs: Object.entries(env).map(([key, value]) => ({ key, value })),
      CDI_devices: cdiDevices.map((name) => ({ name })),
      log_path: `${name}.log`,
      linux: {
        resources: { hugepage_limits: ["2MB", "1GB"].map((page_size) => ({ page_size, limit: 0 })) },
      },
    });
    return await crictl("create", sandbox.id, config, sandbox.config);
  }

  /** Runs a program in a container and returns what it printed. Throws {@link CriError} when it fails. */
  exec(container: string, ...command: readonly string[]): Promise<string> {
    return crictl("exec", "--sync", container, ...command);
  }

  /** The process of a container, as the machine numbers it. */
  async processOf(container: string): Promise<number> {
    const { info } = JSON.parse(await crictl("inspect", container));
    assert.equal(typeof info.pid, "number");
    return info.pid;
  }

  /** Ends a pod and its containers and removes them. */
  async removePod({ id }: CriSandbox): Promise<void> {
    await crictl("rmp", "--force", id);
  }

  async #write(name: string, config: unknown): Promise<string> {
    const path = `${this.#directory}/${name}`;
    await Deno.writeTextFile(path, JSON.stringify(config));
    return path;
  }
}

async function crictl(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("crictl", {
    args: [...args],
    signal: AbortSignal.timeout(callMilliseconds),
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new CriError(`crictl ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}
