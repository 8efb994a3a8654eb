import { join } from "node:path";
import type { CgroupLevel } from "../../../core/operations/ports/cgroup_facts.ts";
import { kubeletRoots } from "../../driver/cgroup/kubelet_roots.ts";
import { podOfCgroup } from "../../driver/cgroup/pod_directories.ts";
import { subdirectories } from "../../driver/cgroup/subdirectories.ts";
import { readControllers } from "../../driver/cgroup/controllers.ts";

/** What stands between a hierarchy's mount and pods. */
export interface KubeletLevels {
  readonly kubelet: readonly CgroupLevel[] | undefined;
  readonly classes: readonly CgroupLevel[];
}

/**
 * The cgroups from a mount down to the one below which the kubelet has all pods, both included; undefined when there is
 * none. Of several kubelets' ones the shallowest counts. Below it, the classes of service that have pods: one without
 * any need not hand on anything yet.
 */
export async function kubeletLevels(mount: string): Promise<KubeletLevels> {
  const [path] = await kubeletRoots(mount);
  if (path === undefined) return { kubelet: undefined, classes: [] };
  const parts = path.split("/").filter((part) => part !== "");
  const paths = ["/", ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`)];
  return {
    kubelet: await levelsOf(mount, paths),
    classes: await levelsOf(mount, await classesWithPods(mount, path)),
  };
}

async function classesWithPods(mount: string, root: string): Promise<string[]> {
  const below = (await subdirectories(join(mount, root))).filter((name) => podOfCgroup(name) === undefined);
  const classes = await Promise.all(below.map(async (name) => {
    const hasPods = (await subdirectories(join(mount, root, name))).some((name) =>
      podOfCgroup(name) !== undefined
    );
    return hasPods ? [`${root}/${name}`] : [];
  }));
  return classes.flat();
}

async function levelsOf(mount: string, paths: readonly string[]): Promise<CgroupLevel[]> {
  return await Promise.all(paths.map(async (path) => ({
    path,
    subtreeControl: await readControllers(join(mount, path, "cgroup.subtree_control")),
  })));
}
