/** How long a command may take on an emulated processor. */
const commandMilliseconds = 300_000;

/** How the runtime of a machine is run. */
export interface NodeRuntimeOptions {
  /** Programs in this directory go before those of the same name that the machine has for all. */
  readonly directory?: string;
  /** How long a plugin has for an answer: long, since the processor is emulated. */
  readonly requestSeconds?: number;
  /** The SELinux context that it runs in, and that has it give its containers theirs; none of that when undefined. */
  readonly context?: string;
}

/** A container runtime of this machine, run by containerd-node or crio-node. One runs at a time. */
export class NodeRuntime {
  readonly name: "containerd" | "crio";
  readonly #environment: Record<string, string>;

  constructor(
    name: "containerd" | "crio",
    { directory, requestSeconds = 30, context = "" }: NodeRuntimeOptions = {},
  ) {
    this.name = name;
    const path = Deno.env.get("PATH") ?? "";
    this.#environment = {
      PATH: directory === undefined ? path : `${directory}:${path}`,
      PLUGIN_REQUEST_TIMEOUT: `${requestSeconds}s`,
      SELINUX_LABEL: context,
    };
  }

  /** Writes its configuration, by `dramemory setup-runtime` with these flags. */
  configure(...flags: readonly string[]): Promise<void> {
    return this.#node("configure", ...flags);
  }

  /** Starts it and waits until it answers. */
  start(): Promise<void> {
    return this.#node("start");
  }

  /** Ends it; its containers go on. */
  stop(): Promise<void> {
    return this.#node("stop");
  }

  /** What `dramemory validate` says of the node with it. */
  async validate(): Promise<{ readonly success: boolean; readonly text: string }> {
    const { success, stdout } = await this.#run("dramemory", ["validate", `--runtime=${this.name}`]);
    return { success, text: stdout };
  }

  /**
   * Where the cgroup of a container's processes is, from the mount: below its pod's. With systemd that is a scope, in which
   * crun has another one for them.
   */
  cgroupOf(pod: string, container: string): string {
    if (!pod.endsWith(".slice")) return `${pod}/${this.name === "crio" ? "crio-" : ""}${container}`;
    const scope = `${pod}/${this.name === "crio" ? "crio" : "cri-containerd"}-${container}.scope`;
    return isThere("/lab/crun") ? `${scope}/container` : scope;
  }

  async #node(...args: readonly string[]): Promise<void> {
    const program = `${this.name}-node`;
    const { success, stdout, stderr } = await this.#run(program, args);
    if (!success) throw new Error(`${program} ${args.join(" ")}: ${stdout}${stderr}`);
  }

  async #run(program: string, args: readonly string[]) {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      env: this.#environment,
      signal: AbortSignal.timeout(commandMilliseconds),
    }).output();
    const decoder = new TextDecoder();
    return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }
}

/** The runtime that the machine has: containerd, or CRI-O in its place. */
export function nodeRuntime(options?: NodeRuntimeOptions): NodeRuntime {
  return new NodeRuntime(isThere("/lab/crio") ? "crio" : "containerd", options);
}

/** Whether this machine has a file. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
