import { type ContainerPath, containerPath, pathsMeet } from "../values/container_path.ts";
import type { PageSize } from "../values/page_size.ts";
import { formatQuantity } from "../values/quantity.ts";
import type { MountPath } from "./configuration/memory_config.ts";

/** A hugetlbfs in a container. */
export interface HugetlbfsMount {
  readonly pageSize: PageSize;
  readonly path: ContainerPath;
  /** What its files can hold in all: everything that the container claims for this path. */
  readonly bytes: bigint;
}

/** Hugepages of one size that a container claims. */
export interface ClaimedHugepages {
  readonly pageSize: PageSize;
  readonly bytes: bigint;
  /** What the configuration says; undefined leaves the path to the driver. */
  readonly mountPath: MountPath | undefined;
}

/** A configured path that the container cannot have a hugetlbfs at. */
export class MountPathError extends Error {
  override name = "MountPathError";
}

/**
 * What every container finds mounted, by runtime or kubelet (config-linux.md of the OCI runtime specification; the
 * kubelet's `makeMounts`), and where device metadata stands (KEP-5304).
 */
const runtimePaths = [
  "/proc",
  "/sys",
  "/dev/pts",
  "/dev/shm",
  "/dev/mqueue",
  "/dev/termination-log",
  "/etc/hosts",
  "/etc/hostname",
  "/etc/resolv.conf",
  "/var/run/kubernetes.io",
];

/**
 * The hugetlbfs mounts of a container: one for each path that is configured, and one for each page size whose path is
 * left to the driver, each with the sum of what is claimed for it.
 *
 * No mount meets another, nor a path of `occupied`, the container's own volumes. Where the driver chooses, that is
 * `/dev/hugepages-2Mi`, in a file system of the container's own that needs nothing of its image, and otherwise the
 * first of `/hugepages-2Mi`, `/hugepages-2Mi-1`, … that is free. Throws {@link MountPathError} for a configured path
 * that cannot be.
 */
export function hugetlbfsMounts(
  claimed: readonly ClaimedHugepages[],
  occupied: readonly string[],
): HugetlbfsMount[] {
  const mounts: HugetlbfsMount[] = [];
  const add = (mount: HugetlbfsMount) => {
    const index = mounts.findIndex(({ path, pageSize }) =>
      path === mount.path && pageSize === mount.pageSize
    );
    const before = mounts[index];
    if (before === undefined) mounts.push(mount);
    else mounts[index] = { ...before, bytes: before.bytes + mount.bytes };
  };
  for (const { pageSize, bytes, mountPath: path } of claimed) {
    if (path === undefined || path === "none") continue;
    checkPath({ path, pageSize }, mounts, occupied);
    add({ pageSize, path, bytes });
  }
  const chosen = new Map<PageSize, ContainerPath>();
  for (const { pageSize, bytes, mountPath } of claimed) {
    if (mountPath !== undefined) continue;
    const taken = [...occupied, ...runtimePaths, ...mounts.map(({ path }) => path)];
    const path = chosen.get(pageSize) ?? freePath(pageSize, taken);
    if (path === undefined) continue;
    chosen.set(pageSize, path);
    add({ pageSize, path, bytes });
  }
  return mounts;
}

function checkPath(
  { path, pageSize }: Pick<HugetlbfsMount, "path" | "pageSize">,
  mounts: readonly HugetlbfsMount[],
  occupied: readonly string[],
): void {
  const refuse = (why: string): never => {
    throw new MountPathError(`hugetlbfs.mountPath: ${path} ${why}: choose another path`);
  };
  const own = runtimePaths.find((other) => pathsMeet(path, other));
  if (own !== undefined) refuse(`meets ${own}, which every container has`);
  const volume = occupied.find((other) => pathsMeet(path, other));
  if (volume !== undefined) refuse(`meets ${volume}, where the container has a volume`);
  const other = mounts.find((mount) => pathsMeet(path, mount.path));
  if (other === undefined || other.path === path && other.pageSize === pageSize) return;
  refuse(`meets ${other.path}, the mount of the pages of ${formatQuantity(other.pageSize)}`);
}

/** Undefined where a volume at the root of the container leaves no path. */
function freePath(pageSize: PageSize, taken: readonly string[]): ContainerPath | undefined {
  const name = `hugepages-${formatQuantity(pageSize)}`;
  // No path that is taken meets two of these but one that holds them all: one more than there are is enough.
  const candidates = [`/dev/${name}`, `/${name}`, ...taken.map((_, index) => `/${name}-${index + 1}`)];
  const free = candidates.find((candidate) => !taken.some((path) => pathsMeet(candidate, path)));
  return free === undefined ? undefined : containerPath(free);
}
