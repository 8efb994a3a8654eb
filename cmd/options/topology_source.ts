import { CopiedTopology } from "../../adapters/operations/copied_machine/copied_topology.ts";
import { isLive } from "../../adapters/operations/copied_machine/is_live.ts";
import { SysfsTopology } from "../../adapters/driver/sysfs/sysfs_topology.ts";
import type { TopologyRoots } from "../../adapters/driver/sysfs/topology_roots.ts";
import type { TopologySource } from "../../core/ports/topology_source.ts";
import type { PageSize } from "../../core/values/page_size.ts";
import { UsageError } from "../ui/fail.ts";

/**
 * What reads the topology: of this machine exactly, of a copy of another machine's files as well as it goes. Throws
 * {@link UsageError} when this machine's page size is to be another one than its kernel says.
 */
export function topologySource(roots: TopologyRoots, pageSize?: PageSize): TopologySource {
  const { sysfsRoot, procfsRoot } = roots;
  if (isLive("sysfs", sysfsRoot)) {
    if (pageSize === undefined) return new SysfsTopology(roots);
    throw new UsageError(
      "--page-size is for a copy of another machine (--sysfs-root): this one's kernel tells its own",
    );
  }
  // This machine's /proc says nothing about another one. A copy of /sys has no such files, so that all are missing.
  return new CopiedTopology(
    { ...roots, procfsRoot: isLive("procfs", procfsRoot) ? sysfsRoot : procfsRoot },
    pageSize,
  );
}
