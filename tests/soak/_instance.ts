import { DraClient } from "../../adapters/simulator/kubelet/dra_client.ts";
import { startDramemory } from "../cmd/dramemory.ts";
import { until } from "../until.ts";

/** Where an instance's process is started, and what of its log is kept for a failure. */
const keptCharacters = 20_000;

/** One of the two instances of the driver that share the node, killed and started again and again. */
export class Instance {
  readonly podUid: string;
  readonly port: number;
  readonly client: DraClient;
  readonly #executable: string | undefined;
  readonly #args: readonly string[];
  #child: Deno.ChildProcess | undefined;
  #log = "";

  /** `args` are the daemon's without those that tell instances apart; without an executable the sources are run. */
  constructor(
    podUid: string,
    port: number,
    kubeletRoot: string,
    executable: string | undefined,
    args: readonly string[],
  ) {
    this.podUid = podUid;
    this.port = port;
    this.#executable = executable;
    this.client = new DraClient(`${kubeletRoot}/plugins/dra.memory/dra-${podUid}.sock`);
    this.#args = args;
  }

  /** The end of what it said. */
  get log(): string {
    return this.#log;
  }

  /** Starts it and resolves when it answers. */
  async start(): Promise<void> {
    const args = ["daemon", "--rolling-update", `--bind-address=127.0.0.1:${this.port}`, ...this.#args];
    const environment = { POD_UID: this.podUid };
    const child = this.#executable === undefined
      ? startDramemory(args, environment)
      : startExecutable(this.#executable, args, environment);
    this.#child = child;
    void child.stdout.cancel();
    void this.#read(child.stderr);
    await until(`instance ${this.podUid} to answer`, async () => await this.isAlive() || undefined, 60);
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
  }

  async stop(): Promise<number> {
    this.#child?.kill("SIGTERM");
    return (await this.#child?.status)?.code ?? -1;
  }

  /** Asks as the kubelet's probe does, which gives an answer five seconds. */
  async isAlive(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(5_000);
      const answer = await fetch(`http://127.0.0.1:${this.port}/healthz`, { signal });
      await answer.body?.cancel();
      return answer.ok;
    } catch (error) {
      if (error instanceof TypeError || error instanceof DOMException) return false;
      throw error;
    }
  }

  /** Anonymous memory in MiB. Throws when the process has ended, which nobody but `kill` may make it do. */
  memory(): number {
    const status = readStatus(this.#child?.pid);
    if (status === undefined) throw new Error(`Instance ${this.podUid} has ended by itself`);
    return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }

  async #read(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
      this.#log = (this.#log + text).slice(-keptCharacters);
    }
  }
}

function readStatus(pid: number | undefined): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/status`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function startExecutable(
  executable: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  const env = { NO_COLOR: "1", ...environment };
  return new Deno.Command(executable, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
}
