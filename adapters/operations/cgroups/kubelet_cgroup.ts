import { join } from "node:path";
import type { CgroupLevel } from "../../../core/operations/ports/cgroup_facts.ts";
import { readControllers } from "./controllers.ts";
import { subdirectories } from "../../driver/cgroup/subdirectories.ts";

/**
 * Whether a cgroup of such a name has all the kubelet's pods below it: `kubepods`, or as systemd has it
 * `kubepods.slice`, or `kubelet-kubepods.slice` below a root of its own.
 */
export function isKubeletRoot(name: string): boolean {
  return /^kubepods$|^(.+-)?kubepods\.slice$/.test(name);
}

/**
 * The cgroups from a mount down to the one below which the kubelet has all pods, both included; undefined when there is
 * none, which is looked for in the mount and one level below (`cgroupRoot` of the kubelet's configuration).
 */
export async function kubeletLevels(mount: string): Promise<CgroupLevel[] | undefined> {
  const path = await findKubelet(mount);
  if (path === undefined) return undefined;
  const parts = path.split("/").filter((part) => part !== "");
  const paths = ["/", ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`)];
  return await Promise.all(paths.map(async (path) => ({
    path,
    subtreeControl: await readControllers(join(mount, path, "cgroup.subtree_control")),
  })));
}

async function findKubelet(mount: string): Promise<string | undefined> {
  const names = await subdirectories(mount);
  const here = names.find(isKubeletRoot);
  if (here !== undefined) return `/${here}`;
  const below = await Promise.all(names.map(async (name) => {
    const found = (await subdirectories(join(mount, name))).find(isKubeletRoot);
    return found === undefined ? [] : [`/${name}/${found}`];
  }));
  return below.flat().sort()[0];
}
