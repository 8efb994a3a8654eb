/** A mount, as far as it matters here. */
export interface Mount {
  readonly mountPoint: string;
  readonly fileSystem: string;
  /** Those of the superblock, which all its mounts share: where cgroup2's own options are. */
  readonly superblockOptions: readonly string[];
}

/** A hierarchy of cgroup v1 that is mounted. */
export interface CgroupV1Mount {
  readonly version: 1;
  readonly mountPoint: string;
  readonly controllers: readonly string[];
  /** Those of the superblock. */
  readonly options: readonly string[];
}

/** The controllers of cgroup v1, whose names are among its superblock's options (cgroups(7)). */
const v1Controllers = [
  ...["blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "hugetlb", "memory", "misc"],
  ...["net_cls", "net_prio", "perf_event", "pids", "rdma"],
];

/**
 * Reads `/proc/self/mountinfo`: `36 35 98:0 /root /mount/point options optional … - type source superblock-options`,
 * with any number of optional fields (proc_pid_mountinfo(5)). Lines that are none are left out.
 */
export function parseMountinfo(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const fields = line.split(" "), dash = fields.indexOf("-", 6);
    const mountPoint = fields[4], fileSystem = fields[dash + 1], options = fields[dash + 3];
    if (dash === -1 || mountPoint === undefined || fileSystem === undefined) return [];
    return [{
      mountPoint: unescape(mountPoint),
      fileSystem,
      superblockOptions: (options ?? "").split(",").filter((option) => option !== ""),
    }];
  });
}

/** The mount that a path, without symbolic links, is on. Of several at one place the last one covers the others. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  const above = mounts.filter(({ mountPoint }) =>
    mountPoint === "/" || path === mountPoint || path.startsWith(`${mountPoint}/`)
  );
  return above.reduce<Mount | undefined>(
    (best, mount) => best !== undefined && best.mountPoint.length > mount.mountPoint.length ? best : mount,
    undefined,
  );
}

/** The hierarchies of cgroup v1 among the mounts. Their controllers are found there, unlike those of cgroup v2. */
export function cgroupV1Mounts(mounts: readonly Mount[]): CgroupV1Mount[] {
  return mounts.filter(({ fileSystem }) => fileSystem === "cgroup").map(
    ({ mountPoint, superblockOptions }) => ({
      version: 1,
      mountPoint,
      controllers: superblockOptions.filter((option) => v1Controllers.includes(option)),
      options: superblockOptions,
    }),
  );
}

/** Blanks and the like stand there as octal numbers. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
