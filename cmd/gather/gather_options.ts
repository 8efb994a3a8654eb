import type { SharedOptions } from "../options/shared_options.ts";

/** The options for where everything is that is gathered. */
export const gatherPlaces = [
  "runDir",
  "cdiDir",
  "cgroupMount",
  "kubeletConfig",
  "runtime",
  "runtimeConfig",
  "sysfsRoot",
  "procfsRoot",
  "smbiosTable",
] as const;

/** The flags of `gather`. */
export interface GatherOptions extends Pick<SharedOptions, typeof gatherPlaces[number]> {
  readonly nodeName?: string;
  /** Undefined to take the one that the kubelet was started with. */
  readonly kubeletRoot: string | undefined;
  /** Undefined to take the one that the runtime's configuration says. */
  readonly nriSocket: string | undefined;
}
