import { fileURLToPath } from "node:url";
import { type Finished, finished } from "./dramemory.ts";

const program = fileURLToPath(new URL("../../cmd/main.ts", import.meta.url));

/** A directory that stands in for a node: its configuration, and programs that only say what they were asked. */
export class RuntimeNode implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes one with a configuration of containerd, unless none is given, and what `containerd --version` prints. */
  static async start(config?: string, version = "containerd example.com 2.3.7 abc"): Promise<RuntimeNode> {
    const node = new RuntimeNode(await Deno.realPath(await Deno.makeTempDir({ prefix: "dramemory-node-" })));
    for (const name of ["etc", "bin", "proc"]) await Deno.mkdir(node.#path(name));
    if (config !== undefined) await Deno.writeTextFile(node.config, config);
    await node.install("containerd", `echo '${version}'`);
    await node.install("systemctl", `echo "$@" >>${node.#path("systemctl.log")}`);
    return node;
  }

  /** containerd's main file. */
  get config(): string {
    return `${this.etc}/config.toml`;
  }

  get etc(): string {
    return this.#path("etc");
  }

  get bin(): string {
    return this.#path("bin");
  }

  /** Its processes, of which there are none at first. */
  get proc(): string {
    return this.#path("proc");
  }

  /** Makes a process with a command line, in a service. */
  async process(number: number, line: readonly string[], service: string): Promise<void> {
    await Deno.mkdir(`${this.proc}/${number}`);
    await Deno.writeTextFile(`${this.proc}/${number}/cmdline`, line.map((part) => `${part}\0`).join(""));
    await Deno.writeTextFile(`${this.proc}/${number}/cgroup`, `0::/system.slice/${service}.service\n`);
  }

  /** Puts a shell script where programs are looked for first. */
  async install(name: string, script: string): Promise<void> {
    await Deno.writeTextFile(`${this.bin}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** Runs `setup-runtime containerd` on the configuration. */
  async setup(...args: string[]): Promise<Finished> {
    return await this.run(["setup-runtime", "containerd", this.config, ...args]);
  }

  /** Runs the program, with a text to read if given, and a command before it if given. */
  async run(args: readonly string[], stdin = "", before: readonly string[] = []): Promise<Finished> {
    const [command = "", ...rest] = [
      ...before,
      Deno.execPath(),
      "run",
      "-A",
      "--no-check",
      "--node-modules-dir=manual",
      program,
      ...args,
    ];
    const child = new Deno.Command(command, {
      args: rest,
      env: { NO_COLOR: "1", PATH: `${this.bin}:${Deno.env.get("PATH")}` },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    const written = writer.write(new TextEncoder().encode(stdin)).then(() => writer.close());
    const [result] = await Promise.all([finished(child), written.catch(brokenPipe)]);
    return result;
  }

  /** What systemd was asked to restart, one line each. */
  restarts(): string[] {
    try {
      const asked = Deno.readTextFileSync(this.#path("systemctl.log")).trim().split("\n");
      return asked.filter((line) => line.startsWith("restart "));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** The files of the configuration, by their path below its directory, times in names left out. */
  files(directory = ""): Record<string, string> {
    return Object.fromEntries(
      [...Deno.readDirSync(`${this.etc}/${directory}`)].flatMap(({ name, isDirectory }) => {
        const path = `${directory}${name}`;
        if (isDirectory) return Object.entries(this.files(`${path}/`));
        return [[path.replace(/\d{8}T\d{6}Z/, "TIME"), Deno.readTextFileSync(`${this.etc}/${path}`)]];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }

  #path(name: string): string {
    return `${this.#directory}/${name}`;
  }
}

/** A program that ends early does not read everything. */
function brokenPipe(error: unknown): void {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
}
