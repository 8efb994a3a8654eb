import * as v from "valibot";
import type { GoProgram } from "../go.ts";
import { JsonPeer } from "../json_peer.ts";

/** The CDI library of the container runtimes. */
export const injectorProgram: GoProgram = { name: "cdi", module: new URL("./", import.meta.url) };

const answer = v.object({ env: v.nullable(v.array(v.string())), error: v.exactOptional(v.string()) });

/** The runtime's CDI library would not read the specifications or inject the devices. */
export class InjectionError extends Error {
  override name = "InjectionError";
}

/**
 * Resolves to the environment of a container that gets the devices from a directory of CDI specifications. Rejects
 * with {@link InjectionError}.
 */
export async function inject(
  binary: string,
  directory: string,
  devices: readonly string[],
): Promise<string[]> {
  await using peer = JsonPeer.start(binary);
  const { env, error } = await peer.ask({ directory, devices }, answer);
  if (error !== undefined) throw new InjectionError(error);
  return env ?? [];
}
