import { join } from "node:path";
import { readCgroupFacts } from "../../adapters/operations/cgroups/cgroup_hierarchies.ts";
import { directoryFact } from "../../adapters/operations/host/directory_state.ts";
import { readKernelRelease } from "../../adapters/shared/kernel_files/kernel_release.ts";
import { isClockSynchronized } from "../../adapters/operations/host/libc.ts";
import { ociRuntimeFacts } from "../../adapters/operations/host/oci_runtime.ts";
import { readPageMoves } from "../../adapters/operations/host/page_moves.ts";
import { installedVersion } from "../../adapters/operations/host/services.ts";
import { systemFiles } from "../../adapters/shared/files/config_files.ts";
import { readRuntimeFacts } from "../../adapters/operations/runtimes/runtime_facts.ts";
import { findKubelet } from "../../adapters/operations/host/kubelet_process.ts";
import { readKubeletConfiguration } from "../../adapters/operations/host/kubelet_configuration.ts";
import { probeNriSocket } from "../../adapters/operations/runtimes/socket_probe.ts";
import type { CheckResult } from "../../core/operations/validate/check_result.ts";
import { checkNode } from "../../core/operations/validate/validate.ts";
import { flagValue } from "../../adapters/shared/kernel_files/processes.ts";
import { usualKubeletRoot } from "../../core/operations/validate/kubelet_checks.ts";
import { usualNriSocket } from "../../core/operations/validate/nri_socket_check.ts";
import type { NodeFacts, RuntimeFacts } from "../../core/operations/ports/node_facts.ts";
import type { SharedOptions } from "../options/shared_options.ts";
import { topologySource } from "../options/topology_source.ts";
import { runtimeHints, type RuntimePlace } from "../options/runtime_place.ts";

/** Where the parts of the node are that are looked at. */
export type NodeCheckOptions =
  & Pick<SharedOptions, "sysfsRoot" | "procfsRoot" | "cgroupMount" | "cdiDir">
  & RuntimePlace
  & {
    /** Undefined to take the one that the kubelet was started with. */
    readonly kubeletRoot: string | undefined;
    /** Undefined to take the one that the runtime's configuration says. */
    readonly nriSocket: string | undefined;
  };

/** A runtime that is well takes a connection at once, but on a machine that is busy "at once" can take a while. */
const connectMilliseconds = 10_000;

/** Runs every check on this node, see {@link checkNode}. Nothing is changed, and the time is bounded. */
export async function nodeChecks(options: NodeCheckOptions): Promise<CheckResult[]> {
  return await checkNode(nodeFacts(options));
}

function nodeFacts(options: NodeCheckOptions): NodeFacts {
  const { procfsRoot } = options;
  const runtime = runtimeHints(options).then((hints) =>
    readRuntimeFacts(hints, { files: systemFiles, version: installedVersion })
  );
  return {
    topology: topologySource(options),
    cgroups: () => readCgroupFacts({ procfsRoot, cgroupMount: options.cgroupMount }),
    kernelRelease: () => readKernelRelease(procfsRoot),
    pageMoves: () => readPageMoves(options.sysfsRoot),
    kubelet: async () => {
      const commandLine = (await findKubelet(procfsRoot))?.commandLine;
      const root = options.kubeletRoot ?? flagValue(commandLine ?? [], "root-dir") ?? usualKubeletRoot;
      const { memoryManager, countsClaims } = await readKubeletConfiguration({
        file: options.kubeletConfig,
        commandLine,
      });
      return {
        root,
        rootNamed: options.kubeletRoot !== undefined,
        directories: await Promise.all(
          ["plugins", "plugins_registry"].map((name) => directoryFact(join(root, name))),
        ),
        memoryManager,
        countsClaims,
      };
    },
    runtime: () => runtime,
    ociRuntime: async () => {
      const found = await runtime;
      return found.kind === "found" ? await ociRuntimeFacts(found.ociRuntimes) : undefined;
    },
    nriSocket: async () => {
      const path = options.nriSocket ?? configuredSocket(await runtime) ?? usualNriSocket;
      const outcome = await probeNriSocket(path, connectMilliseconds);
      return { path, named: options.nriSocket !== undefined, outcome };
    },
    cdiDirectory: () => directoryFact(options.cdiDir),
    user: () => ({ id: Deno.uid() ?? -1 }),
    clock: () => ({ now: new Date().toISOString(), synchronized: isClockSynchronized() }),
  };
}

function configuredSocket(runtime: RuntimeFacts): string | undefined {
  return runtime.kind === "found" && runtime.settings.kind === "known"
    ? runtime.settings.nriSocket
    : undefined;
}
