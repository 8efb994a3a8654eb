import type { KubeletFacts, MemoryManagerFact } from "../ports/node_facts.ts";
import { quoted } from "../../values/quoted.ts";
import { type CheckResult, fail, pass, warn } from "./check_result.ts";

/** Checks what the driver needs of the kubelet. */
export function checkKubelet(facts: KubeletFacts): CheckResult[] {
  return [
    checkDirectories(facts),
    checkMemoryManager(facts.memoryManager, facts.root),
    ...checkCounting(facts.countsClaims),
  ];
}

/** A kubelet that knows nothing of claims hands out the same pages to pods that ask for them the ordinary way. */
function checkCounting(countsClaims: boolean | undefined): CheckResult[] {
  const name = "kubelet-counts-claims", gate = "DRANodeAllocatableResources";
  if (countsClaims === undefined) return [];
  if (countsClaims) {
    // The kubelet of 1.36 has the gate as well, and does nothing by it.
    return [
      pass(
        name,
        `its feature gate ${gate} is on, by which a kubelet of Kubernetes 1.37 or newer counts them`,
      ),
    ];
  }
  return [warn(
    name,
    "the kubelet and the scheduler count the same memory and hugepages for ordinary pods: the kubelet's feature " +
      `gate ${gate} is off`,
    "leave the hugepages of this node to claims (a taint or a label for pods with hugepages-* in their limits, or " +
      "ordinaryHugepagesPolicy of the chart), or turn the gate on in kubelet, scheduler and API server (Kubernetes 1.37 " +
      "or newer, alpha)",
  )];
}

/** Where a kubelet has its directory unless told otherwise, and where the driver looks by default. */
export const usualKubeletRoot = "/var/lib/kubelet";

/** The kubelet makes them when it starts, and looks for the driver's sockets there. */
export function checkDirectories(
  { root, rootNamed, directories }: Pick<KubeletFacts, "root" | "rootNamed" | "directories">,
): CheckResult {
  const name = "kubelet-directories";
  const bad = directories.filter(({ state }) => state !== "writable" && state !== "unknown");
  const paths = directories.map(({ path }) => path).join(", ");
  if (bad.length === 0 && !rootNamed && root !== usualKubeletRoot) {
    return warn(
      name,
      `${paths}, which is not where the driver looks by default`,
      `start the driver with --kubelet-root=${root} (paths.kubeletRoot of the chart)`,
    );
  }
  if (bad.length === 0) return pass(name, paths);
  return fail(
    name,
    bad.map(({ path, state }) => `${path} is ${state === "missing" ? "not there" : state}`).join(", "),
    bad.some(({ state }) => state === "missing")
      ? "start the kubelet, or name its directory by --kubelet-root"
      : "run as root; a container needs these directories of the host mounted read-write",
  );
}

/** The kubelet takes them as they are written here (pkg/kubelet/cm/memorymanager; BestEffort is for Windows). */
const knownPolicies: readonly string[] = ["None", "Static"];

const policyFlag = "--memory-manager-policy";

/**
 * With the policy Static the kubelet pins the memory of guaranteed pods by itself, by its own count of what is free,
 * and would set the same `cpuset.mems` (kubernetes.io, "Utilizing the NUMA-aware Memory Manager").
 */
function checkMemoryManager(fact: MemoryManagerFact, root: string): CheckResult {
  const name = "kubelet-memory-manager";
  if (fact.kind === "unknown") {
    return warn(
      name,
      `cannot tell its policy: ${fact.reason}`,
      "it must not be Static; see --kubelet-config",
    );
  }
  const { policy, setBy } = fact;
  const source = setBy.kind === "flag"
    ? `${policyFlag} of the kubelet that runs`
    : setBy.kind === "file"
    ? setBy.path
    : "which is the default";
  const change = setBy.kind === "flag"
    ? `take ${policyFlag} from its flags`
    : "set memoryManagerPolicy: None";
  if (!knownPolicies.includes(policy)) {
    return fail(
      name,
      `the kubelet does not know the policy ${quoted(policy)}, and does not start with it (${source})`,
      change,
    );
  }
  if (policy !== "Static") return pass(name, `its policy is ${policy} (${source})`);
  return fail(
    name,
    `the kubelet pins memory too: its policy is Static (${source})`,
    `${change}, remove ${root}/memory_manager_state, restart the kubelet`,
  );
}
