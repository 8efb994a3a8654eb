import { join } from "node:path";
import type { CgroupLevel } from "../../core/ports/cgroup_facts.ts";
import { readControllers } from "./controllers.ts";

/** `kubepods`, or what systemd calls it, also below a root of its own (`kubelet.slice/kubelet-kubepods.slice`). */
const kubeletName = /^(?:[a-z0-9_]+-)*kubepods(?:\.slice)?$/;

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
  const here = names.find((name) => kubeletName.test(name));
  if (here !== undefined) return `/${here}`;
  const below = await Promise.all(names.map(async (name) => {
    const found = (await subdirectories(join(mount, name))).find((name) => kubeletName.test(name));
    return found === undefined ? [] : [`/${name}/${found}`];
  }));
  return below.flat().sort()[0];
}

/** None where there are none to be seen: a cgroup can be gone meanwhile. */
async function subdirectories(path: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return [];
    throw error;
  }
}
