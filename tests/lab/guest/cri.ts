import assert from "node:assert/strict";
import * as v from "valibot";
import { delay } from "./delay.ts";

/** How long a call of CRI may take on an emulated processor. */
const callMilliseconds = 120_000;

/** A pod as the kubelet hands it to the runtime. */
export interface CriPod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** The pod's cgroup, from the mount, which exists already. */
  readonly cgroup: string;
}

/** How a pod is to be run. */
export interface SandboxOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whether its processes are users of the machine; a pod with users of its own has a network of its own as well. */
  readonly hostUsers?: boolean;
  /** The handler of its RuntimeClass; the runtime's usual one when undefined. */
  readonly runtimeHandler?: string;
}

/** A pod whose sandbox runs. */
export interface CriSandbox {
  readonly id: string;
  /** The file of its configuration, which containers are created with. */
  readonly config: string;
  /** The directory of its containers' logs. */
  readonly logs: string;
  readonly hostUsers: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** A container to be created. */
export interface CriContainer {
  readonly name: string;
  /** Counts its starts from 0. */
  readonly attempt?: number;
  readonly cdiDevices?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The workload's options; it waits when undefined. */
  readonly args?: readonly string[];
  /** Directories of the machine by where the container has them. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Instead of the image's entry point. */
  readonly command?: readonly string[];
  /** The user and its groups, root by default. */
  readonly user?: { readonly uid: number; readonly groups?: readonly number[] };
  readonly capabilities?: readonly string[];
  readonly readOnlyRoot?: boolean;
  /** Whether it has the runtime's default seccomp profile; none otherwise. */
  readonly confined?: boolean;
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
  async runPod(
    { name, namespace, uid, cgroup }: CriPod,
    { annotations = {}, hostUsers = true, runtimeHandler = "" }: SandboxOptions = {},
  ): Promise<CriSandbox> {
    const logs = `${this.#directory}/${uid}`;
    await Deno.mkdir(logs, { recursive: true });
    const config = await this.#write(`${uid}.json`, {
      metadata: { name, namespace, uid, attempt: 0 },
      labels: labelsOf({ name, namespace, uid }),
      annotations,
      log_directory: logs,
      linux: {
        cgroup_parent: cgroup,
        security_context: { namespace_options: namespacesOf(hostUsers) },
      },
    });
    const id = await crictl("runp", `--runtime=${runtimeHandler}`, config);
    return { id, config, logs, hostUsers, labels: labelsOf({ name, namespace, uid }) };
  }

  /** Creates and starts a container, with limits of no hugepages, as the kubelet does. Returns its id. */
  async startContainer(sandbox: CriSandbox, container: CriContainer): Promise<string> {
    const id = await this.createContainer(sandbox, container);
    await crictl("start", id);
    return id;
  }

  /** Creates a container and returns its id. Throws {@link CriError} when the runtime, or a plugin, refuses. */
  async createContainer(sandbox: CriSandbox, container: CriContainer): Promise<string> {
    const { name, attempt = 0, cdiDevices = [], env = {}, args = [], mounts = {} } = container;
    const config = await this.#write(`${sandbox.id}-${name}.json`, {
      metadata: { name, attempt },
      labels: { ...sandbox.labels, "io.kubernetes.container.name": name },
      image: { image: "lab.test/workload:1" },
      mounts: Object.entries(mounts).map(([container_path, host_path]) => ({ container_path, host_path })),
      ...(container.command === undefined ? {} : { command: container.command }),
      args,
      envs: Object.entries(env).map(([key, value]) => ({ key, value })),
      CDI_devices: cdiDevices.map((name) => ({ name })),
      log_path: logOf(container),
      linux: {
        resources: { hugepage_limits: ["2MB", "1GB"].map((page_size) => ({ page_size, limit: 0 })) },
        security_context: {
          ...securityContext(container),
          namespace_options: namespacesOf(sandbox.hostUsers),
        },
      },
    });
    return await crictl("create", sandbox.id, config, sandbox.config);
  }

  /** Runs a container to its end and returns what it printed on its output, line by line. */
  async runToEnd(sandbox: CriSandbox, container: CriContainer): Promise<string[]> {
    await this.untilExited(await this.startContainer(sandbox, container), callMilliseconds / 1000);
    const text = await this.logOf(sandbox, container, "stdout");
    return text === "" ? [] : text.split("\n");
  }

  /** Waits until a container ended. */
  async untilExited(id: string, seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!await this.#isIn(id, "CONTAINER_EXITED")) {
      assert.ok(Date.now() < end, `container ${id} goes on`);
      await delay(200);
    }
  }

  isRunning(id: string): Promise<boolean> {
    return this.#isIn(id, "CONTAINER_RUNNING");
  }

  /** What a container has printed, on both streams or on its output, without what its OCI runtime warns of beside it. */
  async logOf(
    sandbox: Pick<CriSandbox, "logs">,
    container: Pick<CriContainer, "name" | "attempt">,
    stream: "both" | "stdout" = "both",
  ): Promise<string> {
    const log = await Deno.readTextFile(`${sandbox.logs}/${logOf(container)}`);
    // Each line has a time, the stream, and F for a line that is whole.
    const lines = [...log.matchAll(/^\S+ (\S+) F (.*)$/gm)];
    return lines.filter(([, from]) => stream === "both" || from === stream).map(([, , line = ""]) => line)
      .join("\n");
  }

  /** Runs a program in a container and returns what it printed. Throws {@link CriError} when it fails. */
  exec(container: string, ...command: readonly string[]): Promise<string> {
    return crictl("exec", "--sync", container, ...command);
  }

  /** The process of a container, as the machine numbers it. */
  async processOf(container: string): Promise<number> {
    const { info } = await inspect(container);
    return info.pid;
  }

  /** Updates a container as the kubelet does, by a flag of `crictl update`. */
  async update(container: string, flag: string): Promise<void> {
    await crictl("update", flag, container);
  }

  /** Ends a pod and its containers and removes them. */
  async removePod({ id }: CriSandbox): Promise<void> {
    await crictl("rmp", "--force", id);
  }

  async #isIn(id: string, state: string): Promise<boolean> {
    return (await inspect(id)).status.state === state;
  }

  async #write(name: string, config: unknown): Promise<string> {
    const path = `${this.#directory}/${name}`;
    await Deno.writeTextFile(path, JSON.stringify(config));
    return path;
  }
}

/** The labels that the kubelet gives a pod's sandbox, and its containers as well: CRI-O has their names from these. */
function labelsOf({ name, namespace, uid }: Pick<CriPod, "name" | "namespace" | "uid">) {
  return {
    "io.kubernetes.pod.name": name,
    "io.kubernetes.pod.namespace": namespace,
    "io.kubernetes.pod.uid": uid,
  };
}

/** Namespaces of a pod, by the numbers of CRI (NamespaceMode: 0 is the pod's own, 1 the container's, 2 the node's). */
function namespacesOf(hostUsers: boolean) {
  if (hostUsers) return { network: 2, pid: 1 };
  const mapping = { container_id: 0, host_id: 1 << 16, length: 1 << 16 };
  return { network: 0, pid: 1, userns_options: { mode: 0, uids: [mapping], gids: [mapping] } };
}

function securityContext(
  { user, capabilities = [], readOnlyRoot = false, confined = false }: CriContainer,
) {
  return {
    // SecurityProfile.ProfileType: 0 is RuntimeDefault.
    ...(confined ? { seccomp: { profile_type: 0 } } : {}),
    readonly_rootfs: readOnlyRoot,
    capabilities: { add_capabilities: capabilities },
    ...(user === undefined ? {} : {
      run_as_user: { value: user.uid },
      run_as_group: { value: user.uid },
      supplemental_groups: user.groups ?? [],
    }),
  };
}

function logOf({ name, attempt = 0 }: Pick<CriContainer, "name" | "attempt">): string {
  return `${name}.${attempt}.log`;
}

/** What is of use of a container's status. */
const containerStatus = v.object({
  status: v.object({ state: v.string() }),
  info: v.object({ pid: v.number() }),
});

async function inspect(container: string): Promise<v.InferOutput<typeof containerStatus>> {
  return v.parse(containerStatus, JSON.parse(await crictl("inspect", container)));
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
