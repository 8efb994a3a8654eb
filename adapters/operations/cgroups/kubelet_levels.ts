import { join } from "node:path";
import type { CgroupLevel } from "../../../core/operations/ports/cgroup_facts.ts";
import { kubeletRoots } from "../../driver/cgroup/kubelet_roots.ts";
import { readControllers } from "../../driver/cgroup/controllers.ts";

/**
 * The cgroups from a mount down to the one below which the kubelet has all pods, both included; undefined when there is
 * none. Of several kubelets' ones the shallowest counts.
 */
export async function kubeletLevels(mount: string): Promise<CgroupLevel[] | undefined> {
  const [path] = await kubeletRoots(mount);
  if (path === undefined) return undefined;
  const parts = path.split("/").filter((part) => part !== "");
  const paths = ["/", ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`)];
  return await Promise.all(paths.map(async (path) => ({
    path,
    subtreeControl: await readControllers(join(mount, path, "cgroup.subtree_control")),
  })));
}
