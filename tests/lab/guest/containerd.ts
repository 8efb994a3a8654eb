/** How long a command may take on an emulated processor. */
const commandMilliseconds = 300_000;

/** A containerd of this machine, run by containerd-node. One runs at a time. */
export class Containerd {
  readonly #environment: Record<string, string>;

  /**
   * Programs in `directory` go before those of the same name that the machine has for all. A plugin has
   * `requestSeconds` for an answer: many, since the processor is emulated.
   */
  constructor(directory?: string, requestSeconds = 30) {
    const path = Deno.env.get("PATH") ?? "";
    this.#environment = {
      PATH: directory === undefined ? path : `${directory}:${path}`,
      PLUGIN_REQUEST_TIMEOUT: `${requestSeconds}s`,
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
    const { success, stdout } = await this.#run("dramemory", ["validate", "--runtime=containerd"]);
    return { success, text: stdout };
  }

  async #node(...args: readonly string[]): Promise<void> {
    const { success, stdout, stderr } = await this.#run("containerd-node", args);
    if (!success) throw new Error(`containerd-node ${args.join(" ")}: ${stdout}${stderr}`);
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
