import { checkpointedClaims } from "../../adapters/operations/claims/checkpointed_claims.ts";
import { podReservations } from "../../adapters/operations/cgroups/pod_reservations.ts";
import { PodHugetlbUsage } from "../../adapters/operations/cgroups/pod_hugetlb_usage.ts";
import { readBootId } from "../../adapters/shared/kernel_files/boot_id.ts";
import type { PreparedClaim } from "../../core/claims/claim.ts";
import type { ClaimedHugepages } from "../../core/operations/ports/claimed_hugepages.ts";
import type { SharedOptions } from "../options/shared_options.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** Where it is to be seen what claims hold and use. */
export interface ClaimedHugepagesOptions extends Pick<SharedOptions, "procfsRoot" | "cdiDir"> {
  readonly cgroupMount: string;
}

/** What claims hold, from the driver's checkpoint, and use, from the kernel: as it is when this is called. */
export function claimedHugepages(options: ClaimedHugepagesOptions): ClaimedHugepages {
  const usage = new PodHugetlbUsage(options.cgroupMount, options.procfsRoot);
  return {
    prepared: () => preparedClaims(options),
    used: (pod, pageSize) => usage.used(pod, pageSize),
    reserved: () => podReservations(options.cgroupMount),
  };
}

/** The claims of the checkpoint that this boot's driver has prepared. Throws {@link OperatorError}. */
export async function preparedClaims(
  { cdiDir, procfsRoot }: Pick<ClaimedHugepagesOptions, "cdiDir" | "procfsRoot">,
): Promise<readonly PreparedClaim[]> {
  try {
    const { claims, damaged: [damage] } = await checkpointedClaims(cdiDir, await readBootId(procfsRoot));
    if (damage === undefined) return claims;
    throw new OperatorError(`${damage} (the driver sets a damaged checkpoint aside when it starts)`);
  } catch (cause) {
    if (!(cause instanceof OperatorError)) throw cause;
    throw new OperatorError(`Cannot tell which pages prepared claims hold: ${cause.message}`, { cause });
  }
}
