import type { SharedOptions } from "../options/shared_options.ts";

/** The options for where the driver of this node is found, and what it is responsible for. */
export const statusPlaces = ["runDir", "cdiDir", "cgroupMount", "procfsRoot"] as const;

/** What {@link statusPlaces} come to. */
export type StatusPlaces = Pick<SharedOptions, typeof statusPlaces[number]>;
