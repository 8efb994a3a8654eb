import { allowedNodes } from "../../adapters/driver/sysfs/allowed_nodes.ts";
import { tryMemory } from "../../adapters/operations/own_container/memory_trial.ts";
import { ownHugetlbLimit } from "../../adapters/operations/own_container/own_limit.ts";
import { decodeEnvironment, EnvironmentError, type Share } from "../../core/claims/environment.ts";
import { hugetlbBytes } from "../../core/claims/shares.ts";
import { checkClaims, type ContainerFacts } from "../../core/operations/check_claim/check_claim.ts";
import { hugepageSizeOf } from "../../core/values/resource_name.ts";
import { columns, type OutputFormat, print } from "../ui/output.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The flags of `check-claim`. */
export interface CheckClaimOptions {
  readonly output: OutputFormat;
}

/** Checks the claims of this container and prints what was found. Throws {@link OperatorError} where not all is well. */
export async function runCheckClaim({ output }: CheckClaimOptions): Promise<void> {
  const shares = claimedShares();
  if (shares.length === 0) {
    throw new OperatorError(
      "This container was given no claim of memory or hugepages: name the claim in the pod's spec.resourceClaims " +
        "and in the container's resources.claims",
    );
  }
  const checks = checkClaims(shares, await factsOf(shares));
  await print(output, { checks }, () =>
    columns([
      ["WHAT", "PROMISED", "FOUND", ""],
      ...checks.map(({ what, promised, found, verdict }) => [what, promised, found, verdict.toUpperCase()]),
    ]));
  const failed = checks.filter(({ verdict }) => verdict !== "ok").length;
  if (failed > 0) {
    throw new OperatorError(
      `${failed} of ${checks.length} are not as promised: dramemory status on the node says what the driver did`,
    );
  }
}

function claimedShares(): Share[] {
  const entries = Object.entries(Deno.env.toObject()).map(([name, value]) => `${name}=${value}`);
  try {
    return decodeEnvironment(entries).flatMap(({ shares }) => shares);
  } catch (cause) {
    if (!(cause instanceof EnvironmentError)) throw cause;
    throw new OperatorError(cause.message, { cause });
  }
}

async function factsOf(shares: readonly Share[]): Promise<ContainerFacts> {
  const limits = [...hugetlbBytes(shares).keys()].map(async (size) =>
    [size, await ownHugetlbLimit(size, "/sys/fs/cgroup")] as const
  );
  const resources = [...new Set(shares.map(({ resource }) => resource))];
  return {
    allowedNodes: await allowedNodes("/proc"),
    limits: new Map(await Promise.all(limits)),
    trials: new Map(
      await Promise.all(
        resources.map(async (resource) => [resource, await tryMemory(hugepageSizeOf(resource))] as const),
      ),
    ),
  };
}
