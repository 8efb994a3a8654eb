import type { NodeFacts } from "../ports/node_facts.ts";
import { checkCgroups } from "./cgroup_checks.ts";
import type { CheckResult } from "./check_result.ts";
import { checkCdiDirectory, checkClock, checkUser } from "./host_checks.ts";
import { checkKernel } from "./kernel_check.ts";
import { checkKubelet } from "./kubelet_checks.ts";
import { checkMemory } from "./memory_checks.ts";
import { checkNriSocket } from "./nri_socket_check.ts";
import { checkPolicies } from "./policy_check.ts";
import { checkRuntime } from "./runtime_checks.ts";

/** Finds out whether a node is fit for the driver, all at once, in the order in which people set a node up. */
export async function checkNode(facts: NodeFacts): Promise<CheckResult[]> {
  const [cgroups, kernel, memory, kubelet, runtime, oci, nriSocket, cdiDirectory] = await Promise.all([
    facts.cgroups(),
    facts.kernelRelease(),
    facts.pageMoves().then((moves) => checkMemory(facts.topology, moves)),
    facts.kubelet(),
    facts.runtime(),
    facts.ociRuntime(),
    facts.nriSocket(),
    facts.cdiDirectory(),
  ]);
  return [
    checkUser(facts.user()),
    checkKernel(kernel),
    checkClock(facts.clock()),
    ...checkCgroups(cgroups),
    ...memory,
    ...checkKubelet(kubelet),
    ...checkRuntime(runtime, cdiDirectory.path),
    checkPolicies(kernel, runtime, oci),
    checkNriSocket(nriSocket, runtime),
    checkCdiDirectory(cdiDirectory),
  ];
}
