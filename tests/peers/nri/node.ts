import { join } from "node:path";
import { NriPlugin } from "../../../adapters/driver/nri/nri_plugin.ts";
import { runtimeSocket } from "../../../adapters/driver/nri/runtime_link.ts";
import { Backoff } from "../../../adapters/shared/async/backoff.ts";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { encodeEnvironment } from "../../../core/claims/environment.ts";
import { CgroupLimits } from "../../../core/claims/cgroup_limits.ts";
import { ClaimOwners } from "../../../core/claims/claim_owners.ts";
import { Containers } from "../../../core/claims/containers.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import type { ContainerService } from "../../../core/ports/container_service.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { preparedClaim } from "../../adapters/claims.ts";
import { ClaimList } from "../../core/fakes/claim_list.ts";
import { EventList } from "../../core/fakes/event_list.ts";
import { bounded } from "../bounded.ts";
import type { ContainerMessage, PodMessage } from "./messages.ts";
import { NriRuntime, type RuntimeState } from "./runtime.ts";

const { pod: claimsPod } = preparedClaim("any");

/** The pod that {@link preparedClaim} prepares claims for, as the runtime knows it. */
export const pod: PodMessage = {
  id: "sandbox",
  ...claimsPod,
  linux: { cgroupParent: "/kubepods/burstable/pod" },
};

/** A container of {@link pod} with the environment of the claims that it names. */
export function container(name: string, ...claims: PreparedClaim[]): ContainerMessage {
  return containerWith(name, claims.flatMap((claim) => environmentsOf(claim).flatMap(encodeEnvironment)));
}

/** A container of {@link pod} with any environment. */
export function containerWith(name: string, env: string[]): ContainerMessage {
  return { id: `id-of-${name}`, podSandboxId: pod.id, name, env: ["PATH=/bin", ...env] };
}

/** How a {@link TestNode} differs from the usual one. */
export interface TestNodeOptions {
  readonly claims?: readonly PreparedClaim[];
  readonly state?: RuntimeState;
  readonly requestTimeoutMs?: number;
  /** Whether the plugin asks the runtime to fail what it could not be asked about. */
  readonly failClosed?: boolean;
  /** What the plugin waits for before it answers for a container. */
  readonly answering?: () => Promise<void>;
}

/** The real runtime's side and this driver's plugin on one socket; either can be restarted. */
export class TestNode implements AsyncDisposable {
  readonly #binary: string;
  readonly #directory: string;
  readonly #options: TestNodeOptions;
  #runtime: NriRuntime | undefined;
  #plugin: NriPlugin | undefined;
  /** What outlives the driver. */
  readonly claims: ClaimList;

  private constructor(binary: string, directory: string, options: TestNodeOptions) {
    this.#binary = binary;
    this.#directory = directory;
    this.#options = options;
    this.claims = new ClaimList(...options.claims ?? []);
  }

  /** Resolves when the plugin is synchronized. */
  static async start(binary: string, options: TestNodeOptions = {}): Promise<TestNode> {
    const node = new TestNode(binary, await Deno.makeTempDir(), options);
    await node.startRuntime(options.state ?? { pods: [pod], containers: [] });
    node.startPlugin();
    await node.runtime.event("synchronized");
    return node;
  }

  get runtime(): NriRuntime {
    if (this.#runtime === undefined) throw new Error("the runtime was stopped");
    return this.#runtime;
  }

  async startRuntime(state: RuntimeState): Promise<void> {
    const { requestTimeoutMs } = this.#options;
    this.#runtime = NriRuntime.start(this.#binary);
    await this.#runtime.setState(state);
    await this.#runtime.listen({
      socket: this.socket,
      ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    });
  }

  /** Ends the runtime and resolves to what it had. */
  async stopRuntime(): Promise<RuntimeState> {
    const state = await this.runtime.state();
    await this.#runtime?.[Symbol.asyncDispose]();
    this.#runtime = undefined;
    return state;
  }

  /** Starts the plugin with nothing but the prepared claims, as the driver does. */
  startPlugin(): void {
    const events = new EventList();
    const store = this.claims, containers = new Containers(store);
    const limits = new CgroupLimits({
      store,
      containers,
      podCgroups: undefined,
      podBases: { load: () => Promise.resolve(new Map()), keep: () => {}, forget: () => {} },
      events,
    });
    const adjusting = new AdjustContainers({
      store,
      owners: new ClaimOwners(store),
      containers,
      limits,
      events,
    });
    this.#plugin = new NriPlugin(
      {
        link: runtimeSocket(this.socket),
        name: "dramemory",
        index: "10",
        failClosed: this.#options.failClosed ?? false,
      },
      delayed(adjusting, this.#options.answering),
      events,
      new Backoff(20, 200, Math.random),
    );
    this.#plugin.start();
  }

  async stopPlugin(): Promise<void> {
    if (this.#plugin !== undefined) await bounded("the plugin to stop", 10_000, this.#plugin.stop());
    this.#plugin = undefined;
  }

  async restartPlugin(): Promise<void> {
    await this.stopPlugin();
    this.startPlugin();
    await this.runtime.event("synchronized");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopPlugin();
    await this.#runtime?.[Symbol.asyncDispose]();
    await Deno.remove(this.#directory, { recursive: true });
  }

  /** The runtime's socket. */
  get socket(): string {
    return join(this.#directory, "nri.sock");
  }
}

function delayed(service: ContainerService, answering = () => Promise.resolve()): ContainerService {
  return {
    adjust: async (sandbox, wanted) => {
      await answering();
      return service.adjust(sandbox, wanted);
    },
    unclaimed: (question) => service.unclaimed(question),
    update: (sandbox, wanted) => service.update(sandbox, wanted),
    synchronize: (existing) => service.synchronize(existing),
    removed: (sandbox, gone) => service.removed(sandbox, gone),
    sandboxRemoved: (sandbox) => service.sandboxRemoved(sandbox),
  };
}
