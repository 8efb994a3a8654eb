import * as v from "valibot";
import type { GoProgram } from "../go.ts";
import { JsonPeer } from "../json_peer.ts";

/** The CDI library of the container runtimes. */
export const injectorProgram: GoProgram = { name: "cdi", module: new URL("./", import.meta.url) };

/** A mount of the OCI runtime specification (config.md). */
const mount = v.object({
  destination: v.string(),
  type: v.exactOptional(v.string()),
  source: v.string(),
  options: v.array(v.string()),
});

const answer = v.object({
  env: v.nullable(v.array(v.string())),
  mounts: v.nullable(v.array(mount)),
  error: v.exactOptional(v.string()),
});

/** What of a container the devices change. */
export interface Injected {
  readonly env: readonly string[];
  readonly mounts: readonly v.InferOutput<typeof mount>[];
}

/** The runtime's CDI library would not read the specifications or inject the devices. */
export class InjectionError extends Error {
  override name = "InjectionError";
}

/**
 * Resolves to what a container gets by the devices from a directory of CDI specifications. Rejects with
 * {@link InjectionError}.
 */
export async function injectAll(
  binary: string,
  directory: string,
  devices: readonly string[],
): Promise<Injected> {
  await using peer = JsonPeer.start(binary);
  const { env, mounts, error } = await peer.ask({ directory, devices }, answer);
  if (error !== undefined) throw new InjectionError(error);
  return { env: env ?? [], mounts: mounts ?? [] };
}

/** The environment alone, see {@link injectAll}. */
export async function inject(...args: Parameters<typeof injectAll>): Promise<string[]> {
  return [...(await injectAll(...args)).env];
}
