import type { DraVersion } from "../../protocols/kubelet/dra_versions.ts";
import {
  type PluginInfo,
  RegistrationService,
} from "../../protocols/kubelet/generated/pluginregistration.ts";
import { draPluginType } from "../../protocols/kubelet/plugin_type.ts";
import { socketIdentity } from "./plugin_sockets.ts";
import { UnixGrpcClient } from "../../shared/deno_workarounds/unix_grpc_client.ts";

/** A plugin's information is not what the kubelet takes. */
export class PluginRefusedError extends Error {
  override name = "PluginRefusedError";
}

/** A plugin as the kubelet took it. */
export interface AcceptedPlugin {
  readonly driver: string;
  /** The path of its DRA socket. */
  readonly endpoint: string;
  /** The versions that both sides know, newest first. */
  readonly versions: readonly [DraVersion, ...DraVersion[]];
}

/** How long a plugin has for an answer. */
export interface RegistrationDeadlines {
  readonly getInfoMilliseconds: number;
  readonly notifyMilliseconds: number;
}

/** Deadlines of the kubelet's plugin watcher. */
export const usualDeadlines: RegistrationDeadlines = {
  getInfoMilliseconds: 1_000,
  notifyMilliseconds: 5_000,
};

/**
 * Asks the plugin behind a registration socket who it is, decides, and tells it.
 *
 * `endpoints` are the DRA sockets of the driver's instances that are registered already. Throws
 * {@link PluginRefusedError}, and `GrpcCallError` when the plugin does not answer.
 */
export async function registerPlugin(
  socketPath: string,
  endpoints: (driver: string) => readonly string[],
  { getInfoMilliseconds, notifyMilliseconds }: RegistrationDeadlines = usualDeadlines,
): Promise<AcceptedPlugin> {
  const client = new UnixGrpcClient(socketPath);
  const notify = (pluginRegistered: boolean, error: string) =>
    client.call(
      RegistrationService.notifyRegistrationStatus,
      { pluginRegistered, error },
      notifyMilliseconds,
    );
  try {
    const info = await client.call(RegistrationService.getInfo, {}, getInfoMilliseconds);
    const endpoint = info.endpoint || socketPath;
    const versions = knownVersions(info);
    const problem = await problemOf(info, endpoint, endpoints(info.name));
    const [newest, ...older] = versions;
    if (problem !== undefined || newest === undefined) {
      const reason = problem ?? `none of the versions is known: [${info.supportedVersions}]`;
      await notify(false, reason);
      throw new PluginRefusedError(`Cannot register the plugin at ${socketPath}: ${reason}`);
    }
    await notify(true, "");
    return { driver: info.name, endpoint, versions: [newest, ...older] };
  } finally {
    await client.close();
  }
}

async function problemOf(
  { type, name }: PluginInfo,
  endpoint: string,
  taken: readonly string[],
): Promise<string | undefined> {
  if (type !== draPluginType) return `no plugins of type ${JSON.stringify(type)} are known`;
  if (!/^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name)) {
    return `${JSON.stringify(name)} is no DNS subdomain of at most 63 characters`;
  }
  if (taken.includes(endpoint)) return `${name} is registered with ${endpoint} already`;
  if (await socketIdentity(endpoint) === undefined) return `there is no socket at ${endpoint}`;
  return undefined;
}

function knownVersions({ supportedVersions }: PluginInfo): DraVersion[] {
  const versions: readonly DraVersion[] = ["v1", "v1beta1"];
  return versions.filter((version) => supportedVersions.includes(`${version}.DRAPlugin`));
}
