import { findKubelet } from "../../adapters/operations/host/kubelet_process.ts";
import { readKubeletReservation } from "../../adapters/operations/host/kubelet_reservation.ts";
import { ConfigFileError } from "../../adapters/shared/files/config_files.ts";
import { type Reservation, ReservedMemoryError } from "../../core/devices/reservation.ts";
import { QuantityError } from "../../core/values/quantity.ts";
import type { SharedOptions } from "./shared_options.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** What the kubelet of this node keeps for the system. Throws {@link OperatorError}. */
export async function kubeletReservation(
  { kubeletConfig, procfsRoot }: Pick<SharedOptions, "kubeletConfig" | "procfsRoot">,
): Promise<Reservation> {
  const commandLine = (await findKubelet(procfsRoot))?.commandLine;
  try {
    return await readKubeletReservation({ file: kubeletConfig, commandLine });
  } catch (cause) {
    const known = [ConfigFileError, ReservedMemoryError, QuantityError];
    if (!(cause instanceof Error) || !known.some((kind) => cause instanceof kind)) throw cause;
    throw new OperatorError(
      `${cause.message} (--reserved-memory=kubelet takes its file, see --kubelet-config, or amounts in its place)`,
      { cause },
    );
  }
}
