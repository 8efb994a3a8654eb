import { readCgroupFacts } from "../../adapters/operations/cgroups/cgroup_hierarchies.ts";

/** The help of the flag for {@link cgroupPlace}. */
export const cgroupMountHelp = "the cgroup v2 hierarchy (default: the mounted one that carries hugetlb)";

/** The hierarchy to look at: the one that was named, or else the one that the daemon takes by default. */
export async function cgroupPlace(
  { cgroupMount, procfsRoot }: { readonly cgroupMount?: string; readonly procfsRoot: string },
): Promise<string> {
  if (cgroupMount !== undefined) return cgroupMount;
  const { place } = await readCgroupFacts({ procfsRoot, cgroupMount });
  return place.kind === "unused" ? "" : place.path;
}
