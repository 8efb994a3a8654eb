import { dirname, join } from "node:path";
import { formatCgroupPageSize, type PageSize } from "../../../core/values/page_size.ts";
import { isThere } from "../../shared/files/is_there.ts";

/** The limits that a container runtime writes for a container. */
export interface ContainerLimits {
  readonly mems: string;
  readonly hugetlb: ReadonlyMap<string, bigint>;
  /** Files of the memory controller and what is written to them; the others stay as they are. */
  readonly memory?: ReadonlyMap<string, string>;
}

/** Files of the memory controller with what a cgroup has that nobody limits or protects. */
const unlimitedMemory: ReadonlyMap<string, string> = new Map([
  ["memory.max", "max"],
  ["memory.high", "max"],
  ["memory.low", "0"],
  ["memory.min", "0"],
]);

/**
 * A directory that looks like the cgroup v2 tree of a node's pods: what a runtime makes, without the kernel.
 *
 * Like the kubelet it starts every pod without any hugepages.
 */
export class CgroupTree {
  readonly #mount: string;
  readonly #pageSizes: readonly PageSize[];

  constructor(mount: string, pageSizes: readonly PageSize[]) {
    this.#mount = mount;
    this.#pageSizes = pageSizes;
  }

  /** Makes a pod's or container's cgroup with every hugetlb limit at zero, and those above it that are not there. */
  async create(path: string): Promise<void> {
    const directory = join(this.#mount, path);
    await this.#make(path);
    for (const size of this.#pageSizes) {
      for (const kind of ["max", "rsvd.max"]) {
        await Deno.writeTextFile(join(directory, `hugetlb.${formatCgroupPageSize(size)}.${kind}`), "0\n");
      }
    }
    await Deno.writeTextFile(join(directory, "cpuset.mems"), "\n");
  }

  async #make(path: string): Promise<void> {
    if (path === "/" || await isThere(join(this.#mount, path))) return;
    await this.#make(dirname(path));
    await Deno.mkdir(join(this.#mount, path), { recursive: true });
    await this.#write(path, unlimitedMemory);
  }

  /** Writes a container's limits, usage and reservation alike; none of a size means no pages, as the kubelet has it. */
  async apply(path: string, { mems, hugetlb, memory = new Map() }: ContainerLimits): Promise<void> {
    await Deno.writeTextFile(join(this.#mount, path, "cpuset.mems"), `${mems}\n`);
    for (const size of this.#pageSizes.map(formatCgroupPageSize)) {
      for (const kind of ["max", "rsvd.max"]) {
        const file = join(this.#mount, path, `hugetlb.${size}.${kind}`);
        await Deno.writeTextFile(file, `${hugetlb.get(size) ?? 0n}\n`);
      }
    }
    await this.#write(path, memory);
  }

  async #write(path: string, files: ReadonlyMap<string, string>): Promise<void> {
    for (const [file, value] of files) await Deno.writeTextFile(join(this.#mount, path, file), `${value}\n`);
  }

  /** A file of a cgroup, without the line's end. */
  async read(path: string, file: string): Promise<string> {
    return (await Deno.readTextFile(join(this.#mount, path, file))).trim();
  }

  async remove(path: string): Promise<void> {
    await Deno.remove(join(this.#mount, path), { recursive: true });
  }

  /** The names of all cgroups below one. */
  async children(path: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(join(this.#mount, path))) {
      if (isDirectory) names.push(name);
    }
    return names;
  }
}
