import type { Connection } from "../../../../adapters/protocols/nri/mux/connection.ts";
import { NriPlugin, type NriPluginOptions } from "../../../../adapters/driver/nri/nri_plugin.ts";
import { Backoff } from "../../../../adapters/shared/async/backoff.ts";
import type {
  Adjustment,
  ContainerService,
  ExistingContainer,
} from "../../../../core/ports/container_service.ts";
import { EventList } from "../../../core/fakes/event_list.ts";
import { memoryPair } from "../../protocols/nri/mux/memory_pair.ts";
import { RuntimePeer } from "./_runtime_peer.ts";

/** Containers none of which is this driver's business. */
export class UnclaimedContainers implements ContainerService {
  readonly synchronized: (readonly ExistingContainer[])[] = [];

  adjust() {
    return { kind: "unclaimed" } as const;
  }

  update() {
    return { kind: "unclaimed" } as const;
  }

  unclaimed() {
    return { kind: "unclaimed" } as const;
  }

  synchronize(containers: readonly ExistingContainer[]) {
    this.synchronized.push(containers);
    return Promise.resolve(new Map<never, Adjustment>());
  }

  removed() {
    return Promise.resolve();
  }

  sandboxRemoved() {}
}

/** A runtime that takes the connections of a plugin one by one, as the test asks for them. */
export class DialedRuntime {
  readonly #dialed: Connection[] = [];
  readonly #waiting: ((connection: Connection) => void)[] = [];

  /** What the next dials wait for. */
  dialling: () => Promise<void> = () => Promise.resolve();

  readonly link = {
    name: "the test",
    again: true,
    dial: async (): Promise<Connection> => {
      await this.dialling();
      const [here, there] = memoryPair();
      const accept = this.#waiting.shift();
      if (accept === undefined) this.#dialed.push(there);
      else accept(there);
      return here;
    },
  };

  /** The next connection that the plugin makes. */
  connection(): Promise<Connection> {
    const connection = this.#dialed.shift();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next connection, as a runtime that does everything right. */
  async accept(): Promise<RuntimePeer> {
    return new RuntimePeer(await this.connection());
  }
}

/** A plugin and what it is connected to. */
export interface PluginSetting {
  readonly runtime: DialedRuntime;
  readonly containers: UnclaimedContainers;
  readonly events: EventList;
  readonly plugin: NriPlugin;
}

/** Runs a plugin for as long as the test runs. */
export async function withPlugin(
  test: (setting: PluginSetting) => Promise<void>,
  options: Partial<NriPluginOptions> = {},
): Promise<void> {
  const runtime = new DialedRuntime(), containers = new UnclaimedContainers(), events = new EventList();
  const plugin = new NriPlugin(
    { link: runtime.link, name: "dramemory", index: "90", failClosed: false, ...options },
    containers,
    events,
    new Backoff(1, 4, () => 0.5),
  );
  plugin.start();
  try {
    await test({ runtime, containers, events, plugin });
  } finally {
    await plugin.stop();
  }
}
