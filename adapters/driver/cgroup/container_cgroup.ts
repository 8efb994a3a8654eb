import { join } from "node:path";
import type { ContainerId } from "../../../core/values/ids.ts";
import { subdirectories } from "./subdirectories.ts";

/**
 * Whether a cgroup is a container's: `<id>`, or CRI-O's `crio-<id>`, or with systemd `cri-containerd-<id>.scope` and
 * `crio-<id>.scope`. CRI-O can have a monitor of the container beside it, `crio-conmon-<id>`.
 */
function isContainer(name: string, id: ContainerId): boolean {
  if (name === id || name === `crio-${id}`) return true;
  return name.endsWith(`-${id}.scope`) && !name.startsWith("crio-conmon-");
}

/**
 * The directories of a container's cgroup below that of its pod, the outermost first; none where it has none. With systemd
 * crun has the processes and the limits in `container` below the scope (its find_systemd_subgroup).
 */
export async function containerDirectories(podDirectory: string, id: ContainerId): Promise<string[]> {
  const name = (await subdirectories(podDirectory)).find((name) => isContainer(name, id));
  if (name === undefined) return [];
  const own = join(podDirectory, name);
  const isInside = name.endsWith(".scope") && (await subdirectories(own)).includes("container");
  return isInside ? [own, join(own, "container")] : [own];
}
