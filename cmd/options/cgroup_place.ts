import { readCgroupFacts } from "../../adapters/operations/cgroups/cgroup_hierarchies.ts";
import type { SharedOptions } from "./shared_options.ts";

/** The hierarchy to look at: the one that was named, or else the one that the daemon takes by default. */
export async function cgroupPlace(
  { cgroupMount, procfsRoot }: Pick<SharedOptions, "cgroupMount" | "procfsRoot">,
): Promise<string> {
  if (cgroupMount !== undefined) return cgroupMount;
  const { place } = await readCgroupFacts({ procfsRoot, cgroupMount });
  return place.kind === "unused" ? "" : place.path;
}
