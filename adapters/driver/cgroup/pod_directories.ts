import { join } from "node:path";
import { type PodUid, podUid } from "../../../core/values/ids.ts";
import { kubeletRoots } from "./kubelet_roots.ts";
import { subdirectories } from "./subdirectories.ts";

/** How far below the kubelet's root pods are: in a class of service, or right there. */
export const maxPodDepth = 2;

/** The pod whose cgroup has such a name: `pod<uid>`, or `…-pod<uid with _>.slice`. */
export function podOfCgroup(name: string): PodUid | undefined {
  const [, uid] = /(?:^|-)pod([0-9a-f][0-9a-f_-]{7,})(?:\.slice)?$/.exec(name) ?? [];
  return uid === undefined ? undefined : podUid(uid.replaceAll("_", "-"));
}

/**
 * The directories of pods' cgroups by uid, below the kubelets' roots, which are looked for anywhere below the mount
 * unless they are given.
 */
export async function podDirectories(
  mount: string,
  roots?: readonly string[],
): Promise<Map<PodUid, string>> {
  const found = new Map<PodUid, string>();
  const look = async (directory: string, depth: number): Promise<void> => {
    for (const name of await subdirectories(directory)) {
      const uid = podOfCgroup(name), path = join(directory, name);
      if (uid !== undefined) found.set(uid, path);
      else if (depth < maxPodDepth) await look(path, depth + 1);
    }
  };
  for (const root of roots ?? await kubeletRoots(mount)) await look(join(mount, root), 1);
  return found;
}
