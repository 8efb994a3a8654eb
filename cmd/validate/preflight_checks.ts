import { join } from "node:path";
import { readCgroupFacts } from "../../adapters/operations/cgroups/cgroup_hierarchies.ts";
import { directoryFact } from "../../adapters/operations/host/directory_state.ts";
import { readKernelRelease } from "../../adapters/shared/kernel_files/kernel_release.ts";
import { isClockSynchronized } from "../../adapters/operations/host/libc.ts";
import { commandLinesOf } from "../../adapters/shared/kernel_files/processes.ts";
import { readRuntimeFacts } from "../../adapters/operations/runtimes/runtime_facts.ts";
import { readKubeletConfiguration } from "../../adapters/operations/host/kubelet_configuration.ts";
import { probeNriSocket } from "../../adapters/operations/runtimes/socket_probe.ts";
import type { CheckResult } from "../../core/operations/validate/check_result.ts";
import { preflight } from "../../core/operations/validate/validate.ts";
import type { SharedOptions } from "../options/shared_options.ts";
import { topologySource } from "../options/topology_source.ts";
import type { NodeFacts } from "../../core/operations/ports/node_facts.ts";

/** Where the parts of the node are that are looked at. */
export type PreflightOptions = Pick<
  SharedOptions,
  | "sysfsRoot"
  | "procfsRoot"
  | "cgroupMount"
  | "kubeletRoot"
  | "kubeletConfig"
  | "cdiDir"
  | "nriSocket"
  | "runtime"
  | "runtimeConfig"
>;

/** A runtime that is well takes a connection at once, but on a machine that is busy "at once" can take a while. */
const connectMilliseconds = 10_000;

/** Runs every check on this node, see {@link preflight}. Nothing is changed, and the time is bounded. */
export async function preflightChecks(options: PreflightOptions): Promise<CheckResult[]> {
  return await preflight(nodeFacts(options));
}

function nodeFacts(options: PreflightOptions): NodeFacts {
  const { procfsRoot, kubeletRoot } = options;
  const running = commandLinesOf(["kubelet", "containerd", "crio"], procfsRoot);
  const configuration = running.then((lines) =>
    readKubeletConfiguration({ file: options.kubeletConfig, commandLine: lines.get("kubelet") })
  );
  return {
    topology: topologySource(options),
    cgroups: () => readCgroupFacts({ procfsRoot, cgroupMount: options.cgroupMount }),
    kernelRelease: () => readKernelRelease(procfsRoot),
    kubelet: async () => ({
      directories: await Promise.all(
        ["plugins", "plugins_registry"].map((name) => directoryFact(join(kubeletRoot, name))),
      ),
      memoryManager: (await configuration).memoryManager,
    }),
    runtime: async () => {
      const lines = await running;
      return await readRuntimeFacts({
        runtime: options.runtime,
        config: options.runtimeConfig,
        endpoint: (await configuration).runtimeEndpoint,
        commandLines: new Map(
          (["containerd", "crio"] as const).flatMap((name) => {
            const line = lines.get(name);
            return line === undefined ? [] : [[name, line]];
          }),
        ),
      });
    },
    nriSocket: () => probeNriSocket(options.nriSocket, connectMilliseconds),
    cdiDirectory: () => directoryFact(options.cdiDir),
    user: () => ({ id: Deno.uid() ?? -1 }),
    clock: () => ({ now: new Date().toISOString(), synchronized: isClockSynchronized() }),
  };
}
