import {
  KubeletPlugin,
  type KubeletPluginObserver,
} from "../../../../adapters/driver/kubelet/kubelet_plugin.ts";
import { socketPaths } from "../../../../adapters/driver/kubelet/socket_path.ts";
import { podUid } from "../../../../core/values/ids.ts";
import type {
  DraService,
  PrepareOutcome,
  RequestedClaim,
  UnprepareOutcome,
} from "../../../../core/ports/dra_service.ts";

export const driver = "dra.memory";

/** Runs a test with a directory of its own. */
export async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Prepares every claim with one device that is named after it, and can be told to do worse. */
export class FakeDraService implements DraService {
  readonly prepared: string[] = [];
  readonly unprepared: string[] = [];
  running = 0;
  mostAtOnce = 0;
  /** Awaited by every prepare. */
  gate: Promise<void> = Promise.resolve();

  outcome(claim: RequestedClaim): PrepareOutcome {
    return {
      kind: "prepared",
      devices: [{
        requestNames: ["r"],
        pool: "memory",
        device: `for-${claim.name}`,
        cdiDeviceIds: [`dra.memory/claim=${claim.uid}`],
      }],
    };
  }

  async prepare(claims: readonly RequestedClaim[]): Promise<Map<string, PrepareOutcome>> {
    this.running++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    await this.gate;
    this.running--;
    this.prepared.push(...claims.map(({ uid }) => uid));
    return new Map(claims.map((claim) => [claim.uid, this.outcome(claim)]));
  }

  unprepare(claims: readonly RequestedClaim[]): Promise<Map<string, UnprepareOutcome>> {
    this.unprepared.push(...claims.map(({ uid }) => uid));
    return Promise.resolve(new Map(claims.map(({ uid }) => [uid, { kind: "unprepared" }])));
  }
}

/** Keeps what it is told. */
export class Observations implements KubeletPluginObserver {
  registrations = 0;
  readonly refusals: string[] = [];
  readonly errors: Error[] = [];
  readonly thrown: unknown[] = [];
  looks = 0;
  connections = 0;

  onConnection(): void {
    this.connections++;
  }

  onRegistered(): void {
    this.registrations++;
  }

  onRefused(reason: string): void {
    this.refusals.push(reason);
  }

  onError(error: Error): void {
    this.errors.push(error);
  }

  onThrown(error: unknown): void {
    this.thrown.push(error);
  }

  onLook(): void {
    this.looks++;
  }
}

export function claim(name: string): RequestedClaim {
  return { namespace: "team", name, uid: `uid-${name}` };
}

/** A plugin in a kubelet's directory, not started. */
export function pluginIn(kubeletRoot: string, options: { name?: string; pod?: string } = {}) {
  const service = new FakeDraService();
  const observer = new Observations();
  const name = options.name ?? driver;
  const paths = socketPaths({
    kubeletRoot,
    driver: name,
    ...(options.pod === undefined ? {} : { podUid: podUid(options.pod) }),
  });
  const plugin = new KubeletPlugin({ driver: name, paths, service, observer });
  return { plugin, paths, service, observer };
}

interface Part {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a test with what was started for it and stops that afterwards, in the opposite order. */
export async function running<T>(parts: readonly Part[], test: () => Promise<T>): Promise<T> {
  const started: Part[] = [];
  try {
    for (const part of parts) {
      await part.start();
      started.unshift(part);
    }
    return await test();
  } finally {
    for (const part of started) await part.stop();
  }
}

export async function names(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory), ({ name }) => name)).sort();
}
