import { readCgroupFacts } from "../../adapters/operations/cgroups/cgroup_hierarchies.ts";
import { log } from "../../adapters/driver/monitoring/log/log.ts";
import { checkCgroups } from "../../core/operations/validate/cgroup_checks.ts";
import { type CheckResult, isFatal } from "../../core/operations/validate/check_result.ts";
import { checkDirectories } from "../../core/operations/validate/kubelet_checks.ts";
import { isThere } from "../../adapters/shared/files/is_there.ts";
import type { DriverOptions } from "./driver_options.ts";
import type { SharedOptions } from "../options/shared_options.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/**
 * Makes sure that the daemon can do its job with the cgroups of this node, and returns the place of the hierarchy, empty
 * where there shall be none, and whether every controller is in it. What is not right and can be lived with is logged.
 *
 * These are all the fatal checks beside that of the topology, which the daemon reads anyway. What else `validate`
 * looks at may come right while the daemon waits for it: the kubelet, the runtime, the clock. Throws {@link OperatorError}.
 */
export async function requireCgroups(
  { procfsRoot, cgroupMount }: Pick<SharedOptions, "procfsRoot" | "cgroupMount">,
): Promise<Pick<DriverOptions, "cgroupMount" | "isUnified">> {
  const facts = await readCgroupFacts({ procfsRoot, cgroupMount });
  const problems = checkCgroups(facts).filter((result) => result.outcome !== "pass");
  const fatal = problems.filter(isFatal);
  if (fatal.length > 0) {
    const texts = fatal.map(({ message, fix }) => `Cannot run on this node: ${message} (${fix})`);
    throw new OperatorError(texts.join("\n"));
  }
  for (const problem of problems) tell(problem);
  const { place, mounts } = facts;
  return {
    cgroupMount: place.kind === "unused" ? "" : place.path,
    isUnified: place.kind === "v2" &&
      mounts.every(({ version, controllers }) => version === 2 || controllers.length === 0),
  };
}

/**
 * Says that there is no directory of a kubelet, which is made and waited in: the kubelet may come later, and the name may be
 * mistyped.
 */
export async function tellMissingKubelet({ kubeletRoot }: Pick<SharedOptions, "kubeletRoot">): Promise<void> {
  if (await isThere(kubeletRoot)) return;
  const directories = [{ path: kubeletRoot, state: "missing" } as const];
  tell(checkDirectories({ root: kubeletRoot, rootNamed: true, directories }));
}

function tell(result: CheckResult): void {
  if (result.outcome === "pass") return;
  const { name, message, fix } = result;
  log.warn("this node is not as it should be", { check: name, message, fix });
}
