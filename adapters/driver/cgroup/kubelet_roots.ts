import { join } from "node:path";
import { subdirectories } from "./subdirectories.ts";

/**
 * How far below the mount a kubelet's root is looked for. `--cgroup-root` can be a path, the kubelet can be a service of
 * a user (`user.slice/user-1000.slice/user@1000.service/k3s.service/kubepods`), and the node itself a container.
 */
const maxDepth = 10;

/**
 * The cgroups below which kubelets have all their pods, as paths from the mount (`/kubepods`), the shallowest first. As
 * a rule there is one; where a node is a container of another node both show. What a pod has below it is its own affair
 * and not looked at.
 */
export async function kubeletRoots(mount: string): Promise<string[]> {
  const roots: string[] = [];
  let level = [""];
  for (let depth = 1; depth <= maxDepth && level.length > 0; depth++) {
    const next: string[] = [];
    for (const path of level) {
      for (const name of await subdirectories(join(mount, path))) {
        (isKubeletRoot(name) ? roots : next).push(`${path}/${name}`);
      }
    }
    level = next;
  }
  return roots;
}

/** `kubepods`, or as systemd has it `kubepods.slice`, or below a root of its own `kubelet-kubepods.slice`. */
function isKubeletRoot(name: string): boolean {
  return /^kubepods$|^(.+-)?kubepods\.slice$/.test(name);
}
