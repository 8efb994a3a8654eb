import { kernelProblem } from "../../claims/node_policies.ts";
import { policyModes } from "../../claims/configuration/memory_config.ts";
import type { FoundRuntimeFacts, OciRuntimeFacts, RuntimeFacts } from "../ports/node_facts.ts";
import { isAtLeast } from "../runtimes/runtime_version.ts";
import { type CheckResult, pass, warn } from "./check_result.ts";

/**
 * Tells which memory policies a claim's configuration can ask for here. None is needed, so that a node without them is fit;
 * but an OCI runtime that leaves out what its container runtime tells it is a fault that nobody would see.
 */
export function checkPolicies(
  kernel: string | undefined,
  runtime: RuntimeFacts,
  oci: OciRuntimeFacts | undefined,
): CheckResult {
  const name = "memory-policies";
  if (runtime.kind !== "found") return pass(name, "bind; which others depends on the runtime");
  const since = hasPolicies(runtime);
  if (since === undefined) {
    return pass(name, `bind; cannot tell whether ${runtime.name} has NRI 0.12, which the others take`);
  }
  if (!since) {
    return pass(
      name,
      `bind alone: the others take NRI 0.12, which ${runtime.name} ${runtime.version?.text} has not`,
    );
  }
  if (oci?.hasPolicies === false) {
    return warn(
      name,
      `${oci.name} leaves memory policies out: containers would start without those that their claims ask for`,
      "use runc 1.4 or crun 1.24, or a newer one",
    );
  }
  const others = policyModes.filter((mode) => mode !== "bind" && kernelProblem(mode, kernel) === undefined);
  const missing = policyModes.filter((mode) => mode !== "bind" && !others.includes(mode));
  return pass(
    name,
    ["bind", ...others].join(", ") +
      (missing.length === 0 ? "" : `; not ${missing.join(", ")}: Linux ${kernel} is too old`) +
      (oci === undefined ? "; cannot tell whether the OCI runtime has them" : ""),
  );
}

/** By the NRI that it is built with where it says that; undefined where it cannot be told. */
function hasPolicies({ version, policiesSince }: FoundRuntimeFacts): boolean | undefined {
  if (version?.nri !== undefined) {
    const [major, minor] = version.nri;
    return isAtLeast({ major, minor }, 0, 12);
  }
  return version === undefined || policiesSince === undefined
    ? undefined
    : isAtLeast(version, ...policiesSince);
}
