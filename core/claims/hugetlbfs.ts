import { type ContainerPath, containerPath, pathsMeet } from "../values/container_path.ts";
import type { PageSize } from "../values/page_size.ts";
import { formatQuantity } from "../values/quantity.ts";
import { ConfigError } from "./configuration/effective_config.ts";
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
export class MountPathError extends ConfigError {
  override name = "MountPathError";
}

/**
 * What every container finds, by runtime or kubelet: file systems, devices and links (config-linux.md and
 * runtime-linux.md of the OCI runtime specification; the kubelet's `makeMounts`), and where device metadata stands
 * (KEP-5304).
 */
const runtimePaths = [
  "/proc",
  "/sys",
  "/dev/pts",
  "/dev/shm",
  "/dev/mqueue",
  "/dev/termination-log",
  ...["null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"].map((device) =>
    `/dev/${device}`
  ),
  ...["fd", "stdin", "stdout", "stderr", "core"].map((link) => `/dev/${link}`),
  "/etc/hosts",
  "/etc/hostname",
  "/etc/resolv.conf",
  "/var/run/kubernetes.io",
];

/**
 * The hugetlbfs of each part of what a container claims, by its place; undefined where there is to be none. Parts with
 * one path share a mount of the sum: those of a configured path, and those of a page size whose path is left to the
 * driver.
 *
 * No mount meets another, nor a path of `occupied`, the container's own volumes. Where the driver chooses, that is
 * `/dev/hugepages-2Mi`, in a file system of the container's own that needs nothing of its image, and otherwise the
 * first of `/hugepages-2Mi`, `/hugepages-2Mi-1`, … that is free. Throws {@link MountPathError} for a configured path
 * that cannot be.
 */
export function hugetlbfsMounts(
  claimed: readonly ClaimedHugepages[],
  occupied: readonly string[],
): (HugetlbfsMount | undefined)[] {
  const sizes = new Map<ContainerPath, PageSize>();
  for (const { pageSize, mountPath: path } of claimed) {
    if (path === undefined || path === "none") continue;
    checkPath(path, pageSize, sizes, occupied);
    sizes.set(path, pageSize);
  }
  const chosen = new Map<PageSize, ContainerPath>();
  for (const { pageSize, mountPath } of claimed) {
    if (mountPath !== undefined || chosen.has(pageSize)) continue;
    const path = freePath(pageSize, [...occupied, ...runtimePaths, ...sizes.keys()]);
    if (path === undefined) continue;
    chosen.set(pageSize, path);
    sizes.set(path, pageSize);
  }
  const paths = claimed.map(({ pageSize, mountPath }) =>
    mountPath === "none" ? undefined : mountPath ?? chosen.get(pageSize)
  );
  return claimed.map(({ pageSize }, index) => {
    const path = paths[index];
    if (path === undefined) return undefined;
    const bytes = claimed.reduce((sum, part, other) => paths[other] === path ? sum + part.bytes : sum, 0n);
    return { pageSize, path, bytes };
  });
}

function checkPath(
  path: ContainerPath,
  pageSize: PageSize,
  sizes: ReadonlyMap<ContainerPath, PageSize>,
  occupied: readonly string[],
): void {
  refuseRuntimePath(path);
  const refuse = (why: string) => refused(path, why);
  const volume = occupied.find((other) => pathsMeet(path, other));
  if (volume !== undefined) refuse(`meets ${volume}, where the container has a volume`);
  const [other] = [...sizes].filter(([mount, size]) =>
    pathsMeet(path, mount) && (mount !== path || size !== pageSize)
  );
  if (other !== undefined) refuse(`meets ${other[0]}, the mount of the pages of ${formatQuantity(other[1])}`);
}

/** Throws {@link MountPathError} for a path that no container can have a hugetlbfs at, whatever its volumes are. */
export function refuseRuntimePath(path: ContainerPath): void {
  const own = runtimePaths.find((other) => pathsMeet(path, other));
  if (own !== undefined) refused(path, `meets ${own}, which every container has`);
}

function refused(path: ContainerPath, why: string): never {
  throw new MountPathError(`hugetlbfs.mountPath: ${path} ${why}: choose another path`);
}

/** Undefined where a volume at the root of the container leaves no path. */
function freePath(pageSize: PageSize, taken: readonly string[]): ContainerPath | undefined {
  const name = `hugepages-${formatQuantity(pageSize)}`;
  // No path that is taken meets two of these but one that holds them all: one more than there are is enough.
  const candidates = [`/dev/${name}`, `/${name}`, ...taken.map((_, index) => `/${name}-${index + 1}`)];
  const free = candidates.find((candidate) => !taken.some((path) => pathsMeet(candidate, path)));
  return free === undefined ? undefined : containerPath(free);
}
