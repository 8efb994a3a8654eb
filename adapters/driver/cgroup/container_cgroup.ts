import type { ContainerId } from "../../../core/values/ids.ts";

/**
 * Whether a cgroup is a container's: `<id>`, or with systemd `cri-containerd-<id>.scope` and `crio-<id>.scope`. CRI-O
 * can have a monitor of the container beside it, `crio-conmon-<id>.scope`.
 */
export function isContainer(name: string, id: ContainerId): boolean {
  if (name === id) return true;
  return name.endsWith(`-${id}.scope`) && !name.startsWith("crio-conmon-");
}
