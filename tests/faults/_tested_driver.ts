import assert from "node:assert/strict";
import { startDramemory } from "../cmd/dramemory.ts";
import { until } from "../until.ts";

/** How a driver ended. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
}

/** The driver in a process of its own, known by what it does and by its log. */
export class TestedDriver {
  readonly #child: Deno.ChildProcess;
  /** What the driver wrote to stderr until now. */
  #log = "";
  #end: Ended | undefined;
  /** Resolves when the driver has ended and all of its log was read. */
  readonly ended: Promise<Ended>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.ended = this.#follow();
  }

  /** `flags` by their names without the dashes. */
  static start(
    flags: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string>> = {},
  ): TestedDriver {
    const args = Object.entries(flags).map(([name, value]) =>
      value === "" ? `--${name}` : `--${name}=${value}`
    );
    return new TestedDriver(startDramemory(["daemon", "-v=4", ...args], environment));
  }

  get log(): string {
    return this.#log;
  }

  /** What the driver holds that is no file, in MiB. */
  anonymousMebibytes(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? assert.fail(status)) / 1024;
  }

  /** Waits until the log has a text, for the given time of times. */
  async said(text: string, times = 1): Promise<void> {
    await until(`the driver to say ${JSON.stringify(text)}`, () => {
      if (this.#log.split(text).length > times) return true;
      if (this.#end !== undefined) assert.fail(`The driver ended without saying ${JSON.stringify(text)}`);
    });
  }

  /** Waits until the driver is registered and connected and its slices are as they should be. */
  async ready(): Promise<void> {
    await this.said("registered with the kubelet");
    await this.said("connected to the container runtime");
    await until("the slices", () => /slices (published|are as they should be)/.exec(this.#log) ?? undefined);
  }

  signal(signal: Deno.Signal): void {
    if (this.#end === undefined) this.#child.kill(signal);
  }

  /** Ends the driver in good order, which it must do. */
  async stop(): Promise<void> {
    this.signal("SIGTERM");
    assert.deepEqual(await this.ended, { code: 0, signal: null });
  }

  /** Ends the driver in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }

  async #follow(): Promise<Ended> {
    const [{ code, signal }] = await Promise.all([
      this.#child.status,
      this.#child.stdout.cancel(),
      this.#read(this.#child.stderr),
    ]);
    this.#end = { code, signal };
    return this.#end;
  }

  async #read(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) this.#log += text;
  }
}
