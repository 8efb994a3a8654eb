import type * as nri from "../../adapters/protocols/nri/generated/nri.ts";
import { NriRuntime } from "../../adapters/simulator/runtime/nri_runtime.ts";
import { absoluteNow } from "./driver_process.ts";

/** A plugin that a runtime has taken in. */
export interface Admitted {
  readonly plugin: NriRuntime;
  /** When the plugin had answered `Synchronize` (see `absoluteNow`), and how long that took. */
  readonly at: number;
  readonly synchronizeMilliseconds: number;
}

/** The runtime's end of the NRI socket and nothing of a runtime behind it, so that calls cost the plugin's time alone. */
export class RuntimePeer {
  /** What a plugin is told of when it connects. */
  listing: { readonly pods: readonly nri.PodSandbox[]; readonly containers: readonly nri.Container[] } = {
    pods: [],
    containers: [],
  };
  readonly #listener: Deno.UnixListener;
  readonly #accepting: Promise<void>;
  #admitted = Promise.withResolvers<Admitted>();
  #plugin: NriRuntime | undefined;

  constructor(path: string) {
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#accepting = this.#accept();
  }

  /** Resolves with the plugin that is connected now, or the next one. */
  admitted(): Promise<Admitted> {
    return this.#admitted.promise;
  }

  async stop(): Promise<void> {
    this.#listener.close();
    await this.#plugin?.close();
    await this.#accepting;
  }

  /** Forgets the plugin, before another driver is started. */
  async disconnect(): Promise<void> {
    await this.#plugin?.close();
    this.#admitted = Promise.withResolvers();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const plugin = new NriRuntime(connection);
      try {
        await plugin.admit();
        const start = performance.now();
        await plugin.synchronize(this.listing.pods, this.listing.containers);
        const synchronizeMilliseconds = performance.now() - start;
        this.#plugin = plugin;
        this.#admitted.resolve({ plugin, at: absoluteNow(), synchronizeMilliseconds });
      } catch {
        // A plugin that breaks off is dropped, as a runtime does.
        await plugin.close();
      }
    }
  }
}
