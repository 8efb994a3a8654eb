import type { DirectoryFact, KubeletFacts, MemoryManagerFact } from "../ports/node_facts.ts";
import { type CheckResult, fail, pass, warn } from "./check_result.ts";

/** Checks what the driver needs of the kubelet. */
export function checkKubelet({ directories, memoryManager }: KubeletFacts): CheckResult[] {
  return [checkDirectories(directories), checkMemoryManager(memoryManager)];
}

/** The kubelet makes them when it starts, and looks for the driver's sockets there. */
function checkDirectories(directories: readonly DirectoryFact[]): CheckResult {
  const name = "kubelet-directories";
  const bad = directories.filter(({ state }) => state !== "writable" && state !== "unknown");
  if (bad.length === 0) return pass(name, directories.map(({ path }) => path).join(", "));
  return fail(
    name,
    bad.map(({ path, state }) => `${path} is ${state === "missing" ? "not there" : state}`).join(", "),
    bad.some(({ state }) => state === "missing")
      ? "start the kubelet, or name its directory by --kubelet-root"
      : "run as root; a container needs these directories of the host mounted read-write",
  );
}

/**
 * With the policy Static the kubelet pins the memory of guaranteed pods by itself, by its own count of what is free,
 * and would set the same `cpuset.mems` (kubernetes.io, "Utilizing the NUMA-aware Memory Manager").
 */
function checkMemoryManager(fact: MemoryManagerFact): CheckResult {
  const name = "kubelet-memory-manager";
  if (fact.kind === "unknown") {
    return warn(
      name,
      `cannot tell its policy: ${fact.reason}`,
      "it must not be Static; see --kubelet-config",
    );
  }
  const { policy, source } = fact;
  if (policy !== "Static") return pass(name, `its policy is ${policy} (${source})`);
  return fail(
    name,
    `the kubelet pins memory too: its policy is Static (${source})`,
    "set memoryManagerPolicy: None, remove /var/lib/kubelet/memory_manager_state, restart the kubelet",
  );
}
