import type { PodUid } from "../../../core/values/ids.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import type { HugetlbByNode } from "../../../core/ports/container_memory.ts";
import { HugetlbNodes } from "../../driver/cgroup/hugetlb_by_node.ts";
import { podDirectories } from "../../driver/cgroup/pod_directories.ts";

/**
 * Reads the hugepages that pods use from the pods' cgroups in a cgroup v2 hierarchy. Looks for pods once: make another
 * to look again.
 */
export class PodHugetlbUsage {
  readonly #mount: string;
  readonly #nodes: HugetlbNodes;
  #directories: Promise<ReadonlyMap<PodUid, string>> | undefined;

  /** `mount` is where the hierarchy with the hugetlb controller is mounted. */
  constructor(mount: string, procfsRoot: string) {
    this.#mount = mount;
    this.#nodes = new HugetlbNodes(procfsRoot);
  }

  /** What a pod uses of a size; undefined where the kernel does not tell. */
  async used(pod: PodUid, pageSize: PageSize): Promise<HugetlbByNode | undefined> {
    this.#directories ??= podDirectories(this.#mount);
    const directory = (await this.#directories).get(pod);
    return directory === undefined ? undefined : await this.#nodes.read(directory, pageSize);
  }
}
