import { dirname } from "node:path";
import { readCgroupFacts } from "../../../../adapters/operations/cgroups/cgroup_hierarchies.ts";
import type { CgroupFacts } from "../../../../core/operations/ports/cgroup_facts.ts";

/**
 * Mount tables as kernels print them, with the root directory of each in the place of `ROOT`: Debian 12, the machine
 * of a cloud with the layout that systemd calls hybrid, Ubuntu 20.04, and a container with the host's hierarchy.
 */
const mountTables = {
  "pure v2": `22 27 0:20 / ROOT/sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
27 1 254:1 / ROOT rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
29 22 0:25 / ROOT/sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
`,
  "accounting": `27 1 254:1 / ROOT rw,relatime shared:1 - ext4 /dev/vda1 rw
29 27 0:25 / ROOT/sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_hugetlb_accounting
`,
  "hugetlb in v2": `27 1 254:0 / ROOT rw,relatime - ext4 /dev/vda rw,discard
31 23 0:28 / ROOT/sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
34 31 0:31 / ROOT/sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
35 31 0:32 / ROOT/sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / ROOT/sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / ROOT/sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`,
  "hugetlb in v1": `27 1 8:1 / ROOT rw,relatime shared:1 - ext4 /dev/sda1 rw
32 24 0:28 / ROOT/sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
33 32 0:29 / ROOT/sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:10 - cgroup2 cgroup2 rw,nsdelegate
34 32 0:30 / ROOT/sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:11 - cgroup cgroup rw,xattr,name=systemd
38 32 0:34 / ROOT/sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:15 - cgroup cgroup rw,cpu,cpuacct
39 32 0:35 / ROOT/sys/fs/cgroup/hugetlb rw,nosuid,nodev,noexec,relatime shared:16 - cgroup cgroup rw,hugetlb
40 32 0:36 / ROOT/sys/fs/cgroup/cpuset rw,nosuid,nodev,noexec,relatime shared:17 - cgroup cgroup rw,cpuset,noprefix
`,
  "v1 only": `27 1 8:1 / ROOT rw,relatime shared:1 - ext4 /dev/sda1 rw
32 24 0:28 / ROOT/sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
39 32 0:35 / ROOT/sys/fs/cgroup/hugetlb rw,nosuid,nodev,noexec,relatime shared:16 - cgroup cgroup rw,hugetlb
`,
  "container":
    `1500 1400 0:200 / ROOT rw,relatime master:300 - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w
1520 1510 0:25 /../../../.. ROOT/sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate,memory_recursiveprot
`,
} as const;

/** The name of one of {@link mountTables}. */
export type MountTable = keyof typeof mountTables;

/** A directory that stands in for a machine with cgroups, removed when it is left. */
export class CgroupMachine implements AsyncDisposable {
  private constructor(readonly root: string) {}

  /** Makes the mount table, and files below `sys/fs/cgroup` by their paths there. */
  static async with(table: MountTable, files: Readonly<Record<string, string>>): Promise<CgroupMachine> {
    const machine = new CgroupMachine(await Deno.realPath(await Deno.makeTempDir({ prefix: "dramemory " })));
    // Blanks stand as octal numbers in a mount table.
    const mountinfo = mountTables[table].replaceAll("ROOT", machine.root.replaceAll(" ", "\\040"));
    await machine.write("proc/self/mountinfo", mountinfo);
    for (const [path, text] of Object.entries(files)) await machine.write(`sys/fs/cgroup/${path}`, text);
    return machine;
  }

  get mount(): string {
    return `${this.root}/sys/fs/cgroup`;
  }

  async write(path: string, text: string): Promise<void> {
    await Deno.mkdir(dirname(`${this.root}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${this.root}/${path}`, text);
  }

  /** What is made of it, with `--cgroup-mount` if given. */
  facts(cgroupMount?: string): Promise<CgroupFacts> {
    return readCgroupFacts({ procfsRoot: `${this.root}/proc`, cgroupMount });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

/** The files of a cgroup v2 hierarchy with a kubelet that uses systemd. */
export const v2Files = {
  "cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc\n",
  "cgroup.subtree_control": "cpuset cpu io memory hugetlb pids\n",
  "system.slice/cgroup.subtree_control": "memory pids\n",
  "kubepods.slice/cgroup.subtree_control": "cpuset cpu io memory hugetlb pids\n",
  "kubepods.slice/kubepods-burstable.slice/cgroup.subtree_control": "\n",
} as const;
