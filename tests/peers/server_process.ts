import { bounded, TooLateError } from "./bounded.ts";

/** A server ended by itself, or would not end. */
export class ServerProcessError extends Error {
  override name = "ServerProcessError";
}

/** Longer than `timeout` gives a server between SIGTERM and SIGKILL. */
const stopMilliseconds = 15_000;

/**
 * Runs a server until the shell's standard input ends, which it also does when this process is killed. No server
 * outlives four hours or writes anywhere but in its log.
 */
const script = `
exec 3<&0
log=$1
shift
timeout --kill-after=10 14400 "$@" </dev/null >"$log" 2>&1 3<&- &
server=$!
{ read -r _ <&3; kill "$server"; } 2>/dev/null &
wait "$server"
`;

/** A server that runs beside the tests. */
export class ServerProcess {
  readonly #name: string;
  readonly #shell: Deno.ChildProcess;
  #ended = false;

  /** Starts a binary in a directory, where it also logs; {@link ServerProcess.stop} ends it. */
  static start(name: string, directory: string, binary: string, args: readonly string[]): ServerProcess {
    const command = new Deno.Command("sh", {
      args: ["-c", script, "sh", `${name}.log`, binary, ...args],
      cwd: directory,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    });
    return new ServerProcess(name, command.spawn());
  }

  private constructor(name: string, shell: Deno.ChildProcess) {
    this.#name = name;
    this.#shell = shell;
    void shell.status.then(() => this.#ended = true);
  }

  /** Throws {@link ServerProcessError} when the server has ended. */
  checkRunning(): void {
    if (this.#ended) throw new ServerProcessError(`${this.#name} ended by itself`);
  }

  /** Resolves when the server has ended. */
  async stop(): Promise<void> {
    await this.#shell.stdin.close();
    try {
      await bounded(`${this.#name} to end`, stopMilliseconds, this.#shell.status);
    } catch (cause) {
      if (!(cause instanceof TooLateError)) throw cause;
      this.#shell.kill("SIGKILL");
      throw new ServerProcessError(`Cannot end ${this.#name}: it is still running`, { cause });
    }
  }
}
