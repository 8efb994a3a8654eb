import { dirname, join } from "node:path";

/** The limits that a container runtime writes for a container. */
interface ContainerLimits {
  /** Nodes as `0-1,3`; empty leaves them to the parent. */
  readonly mems: string;
  /** Bytes by page size, as cgroup files spell it: `2MB`. */
  readonly hugetlb: ReadonlyMap<string, bigint>;
}

const controllers = ["cpuset", "memory", "hugetlb"];

/** The kernel's cgroup v2 tree as the kubelet and a container runtime use it. Paths start at the mount. */
export class KernelCgroups {
  readonly mount = "/sys/fs/cgroup";

  /**
   * Makes a cgroup, its ancestors included, with every hugetlb limit at zero: what the kubelet and runtimes set
   * for whatever asks for no hugepages.
   */
  async create(path: string): Promise<void> {
    await this.createUnlimited(path);
    for (const file of await this.#hugetlbLimits(path)) await this.write(path, file, "0");
  }

  /** Makes a cgroup as the kernel does, without limits. */
  async createUnlimited(path: string): Promise<void> {
    const parent = dirname(path);
    if (parent !== path && parent !== "/") await this.createUnlimited(parent);
    await this.write(parent, "cgroup.subtree_control", controllers.map((name) => `+${name}`).join(" "));
    await Deno.mkdir(join(this.mount, path), { recursive: true });
  }

  /** Writes a container's limits, usage and reservation alike. */
  async apply(path: string, { mems, hugetlb }: ContainerLimits): Promise<void> {
    await this.write(path, "cpuset.mems", mems);
    for (const [size, bytes] of hugetlb) {
      for (const kind of ["max", "rsvd.max"]) await this.write(path, `hugetlb.${size}.${kind}`, `${bytes}`);
    }
  }

  /** A file of a cgroup, without the line's end. */
  async read(path: string, file: string): Promise<string> {
    return (await Deno.readTextFile(join(this.mount, path, file))).trim();
  }

  /** Writes a file of a cgroup. What the kernel refuses is a TypeError with its `code`. */
  async write(path: string, file: string, value: string): Promise<void> {
    await Deno.writeTextFile(join(this.mount, path, file), `${value}\n`, { create: false });
  }

  /** Removes a cgroup and those below. Their files go with them; processes in them make it fail. */
  async remove(path: string): Promise<void> {
    for (const child of await this.children(path)) await this.remove(join(path, child));
    await Deno.remove(join(this.mount, path));
  }

  /** The names of all cgroups below one. */
  async children(path: string): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(join(this.mount, path)));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  }

  async #hugetlbLimits(path: string): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(join(this.mount, path)));
    return entries.map(({ name }) => name).filter((name) => /^hugetlb\..*max$/.test(name));
  }
}
