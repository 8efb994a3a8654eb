import { dirname, join } from "node:path";
import { CgroupTree } from "../../../adapters/simulator/runtime/cgroup_tree.ts";
import { pageSize } from "../../../core/values/page_size.ts";

const controllers = ["cpuset", "memory", "hugetlb"];

/** The simulated runtime's cgroups on the kernel's own tree instead of plain files. Paths start at the mount. */
export class KernelCgroups extends CgroupTree {
  readonly mount = "/sys/fs/cgroup";

  constructor() {
    super("/sys/fs/cgroup", [pageSize(2n << 20n), pageSize(1n << 30n)]);
  }

  override async create(path: string): Promise<void> {
    await this.createUnlimited(path);
    await super.create(path);
  }

  /** Makes a cgroup, its ancestors included, as the kernel does: without limits. */
  async createUnlimited(path: string): Promise<void> {
    const parent = dirname(path);
    if (parent !== "/") await this.createUnlimited(parent);
    await this.write(parent, "cgroup.subtree_control", controllers.map((name) => `+${name}`).join(" "));
    await Deno.mkdir(join(this.mount, path), { recursive: true });
  }

  /** Writes a file of a cgroup. What the kernel refuses is an error with its `code`. */
  async write(path: string, file: string, value: string): Promise<void> {
    await Deno.writeTextFile(join(this.mount, path, file), `${value}\n`, { create: false });
  }

  /** Removes a cgroup and those below. Their files go with them; a process in one makes it fail. */
  override async remove(path: string): Promise<void> {
    for (const child of await this.children(path)) await this.remove(join(path, child));
    await Deno.remove(join(this.mount, path));
  }
}
