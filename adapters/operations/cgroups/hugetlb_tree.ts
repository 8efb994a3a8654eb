import { join } from "node:path";
import type { PodUid } from "../../../core/values/ids.ts";
import { type HugetlbCounts, readHugetlbCounts } from "../../driver/cgroup/hugetlb_counts.ts";
import { maxPodDepth, podOfCgroup } from "../../driver/cgroup/pod_directories.ts";
import { kubeletRoots } from "../../driver/cgroup/kubelet_roots.ts";
import { isUnknown, subdirectories } from "../../driver/cgroup/subdirectories.ts";
import { osReason } from "../../shared/files/os_reason.ts";
import { quoted } from "../../../core/values/quoted.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** A cgroup of the kubelet's, with what it has of each hugepage size, and those below it. */
export interface HugetlbCgroup {
  readonly name: string;
  /** Below the mount, beginning with a slash. */
  readonly path: string;
  /** The pod whose cgroup it is. */
  readonly pod: PodUid | undefined;
  readonly sizes: readonly HugetlbCounts[];
  readonly children: readonly HugetlbCgroup[];
}

/**
 * Reads the hugetlb tree of the kubelet's hierarchy, down to the containers: what a container makes of its own cgroup
 * is its own affair. As a rule there is one root, `kubepods` or `kubepods.slice`. With a pod, only its cgroup and what
 * is above and below. Nothing outside of the mount is looked at.
 *
 * Throws {@link OperatorError} when there is none, or no such pod.
 */
export async function readHugetlbTree(mount: string, pod?: PodUid): Promise<HugetlbCgroup[]> {
  const real = await realMount(mount);
  const roots = await kubeletRoots(real);
  if (roots.length === 0) {
    throw new OperatorError(
      `Cannot find the kubelet's cgroups below ${mount}: there is no kubepods or kubepods.slice ` +
        `(does --cgroup-mount name the cgroup v2 hierarchy, and does a kubelet run here?)`,
    );
  }
  const trees: HugetlbCgroup[] = [];
  for (const root of roots) trees.push(...await readCgroup(real, root, { pod, podDepth: 0 }));
  if (trees.length === 0) {
    throw new OperatorError(
      `Cannot find the cgroup of pod ${quoted(pod ?? "")} below ${mount}: does it run on this node? ` +
        `(name it by its metadata.uid)`,
    );
  }
  return trees;
}

async function realMount(mount: string): Promise<string> {
  try {
    return await Deno.realPath(mount);
  } catch (cause) {
    const reason = isUnknown(cause) ? "it is not there" : osReason(cause);
    throw new OperatorError(`Cannot read ${mount}: ${reason} (see --cgroup-mount)`, { cause });
  }
}

/** What is wanted of a part of the tree: a pod, if any, and how far below the root this is. */
interface Wanted {
  readonly pod: PodUid | undefined;
  readonly podDepth: number;
}

/** The cgroup with those below; none when it is not wanted. */
async function readCgroup(mount: string, path: string, { pod, podDepth }: Wanted): Promise<HugetlbCgroup[]> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const own = podOfCgroup(name);
  const children: HugetlbCgroup[] = [];
  const isWanted = pod === undefined || own === pod;
  if (own === undefined ? podDepth < maxPodDepth : isWanted) {
    for (const child of await subdirectories(join(mount, path))) {
      const below = `${path}/${child}`;
      if (own === undefined) {
        children.push(...await readCgroup(mount, below, { pod, podDepth: podDepth + 1 }));
      } else children.push(await leaf(mount, below));
    }
  }
  if (!isWanted && children.length === 0) return [];
  return [{ ...await leaf(mount, path), pod: own, children }];
}

async function leaf(mount: string, path: string): Promise<HugetlbCgroup> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return { name, path, pod: undefined, sizes: await readHugetlbCounts(join(mount, path)), children: [] };
}
