import { findKubelet } from "../../adapters/operations/host/kubelet_process.ts";
import { readKubeletConfiguration } from "../../adapters/operations/host/kubelet_configuration.ts";
import type { RuntimeHints } from "../../adapters/operations/runtimes/find_runtime.ts";
import type { SharedOptions } from "./shared_options.ts";

/** Where the runtime is looked for, by every command that looks at it. */
export type RuntimePlace = Pick<SharedOptions, "procfsRoot" | "kubeletConfig" | "runtime" | "runtimeConfig">;

/** What is known of the runtime before it is looked for. Never rejects for what is there. */
export async function runtimeHints(
  { procfsRoot, kubeletConfig, runtime, runtimeConfig }: RuntimePlace,
): Promise<RuntimeHints> {
  const kubelet = await findKubelet(procfsRoot);
  const place = { file: kubeletConfig, commandLine: kubelet?.commandLine };
  const { runtimeEndpoint } = await readKubeletConfiguration(place);
  return { runtime, configuration: runtimeConfig, endpoint: runtimeEndpoint, procfsRoot };
}
