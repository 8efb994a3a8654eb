import assert from "node:assert/strict";
import { delay } from "./delay.ts";

/** Where the daemon finds what it works with, as its flags name it. */
export interface DaemonPaths {
  readonly kubeconfig: string;
  readonly kubeletRoot: string;
  readonly cdiDir: string;
  readonly nriSocket: string;
  readonly cgroupMount: string;
}

const address = "127.0.0.1:9177";
/** Seconds as a rule; a busy host has an emulated processor wait. */
const readySeconds = 180;

/** The executable under test as a daemon. Its log is in /run/dramemory.log, which the console gets at the end. */
export class Daemon {
  /** The SELinux context that it is started in; that of who starts it when empty. */
  context = "";
  readonly #paths: DaemonPaths;
  #process: Deno.ChildProcess | undefined;

  constructor(paths: DaemonPaths) {
    this.#paths = paths;
  }

  /** Its command line on a node of this name, with more flags. */
  flags(nodeName: string, more: readonly string[] = []): string[] {
    const { kubeconfig, kubeletRoot, cdiDir, nriSocket, cgroupMount } = this.#paths;
    return [
      ...[`--kubeconfig=${kubeconfig}`, `--hostname-override=${nodeName}`, `--kubelet-root=${kubeletRoot}`],
      ...[`--cdi-dir=${cdiDir}`, `--nri-socket=${nriSocket}`, `--cgroup-mount=${cgroupMount}`],
      ...[`--bind-address=${address}`, "-v=4"],
      ...more,
    ];
  }

  /** Starts it and waits until it says that it is ready. */
  async start(flags: readonly string[]): Promise<void> {
    this.#process = new Deno.Command("sh", {
      args: ["-c", 'exec $CONTEXT dramemory daemon "$@" >>/run/dramemory.log 2>&1', "sh", ...flags],
      env: { CONTEXT: this.context === "" ? "" : `runcon ${this.context}` },
    }).spawn();
    await this.ready();
  }

  /** Ends it as a node's shutdown does, and checks that it ends well. */
  async stop(): Promise<void> {
    const status = await this.#end("SIGTERM");
    assert.equal(status?.code, 0, `the daemon ended with ${JSON.stringify(status)}`);
  }

  /** Ends it without a chance to do anything. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Has it do nothing at all, as one that hangs. */
  hang(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Has it go on after {@link hang}. */
  goOn(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Its metrics, as Prometheus reads them. */
  async metrics(): Promise<string> {
    const response = await fetch(`http://${address}/metrics`);
    assert.ok(response.ok, `/metrics answered ${response.status}`);
    return await response.text();
  }

  async #end(signal: Deno.Signal): Promise<Deno.CommandStatus | undefined> {
    this.#process?.kill(signal);
    const status = await this.#process?.status;
    this.#process = undefined;
    return status;
  }

  /** Waits until it says that it is ready, also when something else has started it. */
  async ready(): Promise<void> {
    const end = Date.now() + readySeconds * 1000;
    let missing = "";
    while (Date.now() < end) {
      try {
        const response = await fetch(`http://${address}/readyz`);
        missing = await response.text();
        if (response.ok) return;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        missing = error.message;
      }
      await delay(100);
    }
    throw new Error(`The daemon is not ready after ${readySeconds} seconds: ${missing}`);
  }
}
