/** A driver in a process of its own, its log in a file. */
export class DriverProcess {
  /** When it was started, in milliseconds of {@link absoluteNow}. */
  readonly startedAt: number;
  readonly #child: Deno.ChildProcess;
  readonly #logFile: string;

  private constructor(child: Deno.ChildProcess, startedAt: number, logFile: string) {
    this.#child = child;
    this.startedAt = startedAt;
    this.#logFile = logFile;
  }

  /** The shell only opens the log and becomes the driver, so that nobody has to read the log meanwhile. */
  static start(binary: string, args: readonly string[], logFile: string): DriverProcess {
    return DriverProcess.#spawn("/bin/sh", [], `exec "$0" "$@" 2>>"$BENCH_LOG"`, binary, args, logFile, {});
  }

  /**
   * Starts a driver that finds a service account where pods have it: the directory's files are there in a mount
   * namespace of the driver's own, which takes root. The time until the driver itself runs does not count.
   */
  static startAsPod(
    binary: string,
    args: readonly string[],
    logFile: string,
    serviceAccount: string,
    server: URL,
  ): DriverProcess {
    const script = `
mount -t tmpfs none /run
mkdir -p /run/secrets/kubernetes.io
ln -s "$BENCH_ACCOUNT" /run/secrets/kubernetes.io/serviceaccount
exec "$0" "$@" 2>>"$BENCH_LOG"`;
    return DriverProcess.#spawn("unshare", ["--mount", "/bin/sh"], script, binary, args, logFile, {
      BENCH_ACCOUNT: serviceAccount,
      KUBERNETES_SERVICE_HOST: server.hostname,
      KUBERNETES_SERVICE_PORT: server.port,
    });
  }

  static #spawn(
    command: string,
    before: readonly string[],
    script: string,
    binary: string,
    args: readonly string[],
    logFile: string,
    env: Readonly<Record<string, string>>,
  ): DriverProcess {
    const startedAt = absoluteNow();
    const child = new Deno.Command(command, {
      args: [...before, "-c", script, binary, "daemon", ...args],
      env: { ...env, BENCH_LOG: logFile, NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
    }).spawn();
    return new DriverProcess(child, startedAt, logFile);
  }

  get pid(): number {
    return this.#child.pid;
  }

  async logBytes(): Promise<number> {
    return (await Deno.stat(this.#logFile)).size;
  }

  /** Resolves with what it wrote once it has ended by itself, which is an error here. */
  async diedEarly(): Promise<never> {
    const { code } = await this.#child.status;
    throw new Error(
      `The driver ended with ${code}:\n${(await Deno.readTextFile(this.#logFile)).slice(-2000)}`,
    );
  }

  /** Ends it in good order; resolves with how long that took, in milliseconds. */
  async stop(): Promise<number> {
    const start = performance.now();
    this.#child.kill("SIGTERM");
    await this.#child.status;
    return performance.now() - start;
  }

  /** Ends it at once, if it has not ended. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // It has ended already.
    }
    await this.#child.status;
  }
}

/** A clock that threads have in common, in milliseconds. */
export function absoluteNow(): number {
  return performance.timeOrigin + performance.now();
}
