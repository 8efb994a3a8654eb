import { type HugetlbCgroup, readHugetlbTree } from "../../adapters/operations/cgroups/hugetlb_tree.ts";
import { podUidsOf } from "../../adapters/operations/host/pod_uids.ts";
import { podUid } from "../../core/values/ids.ts";
import { quoted } from "../../core/values/quoted.ts";
import { cgroupPlace } from "../options/cgroup_place.ts";
import { hugetlbTable, hugetlbTree } from "./cgroup_tables.ts";
import type { SharedOptions } from "../options/shared_options.ts";
import { type OutputFormat, print } from "../ui/output.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The flags of `cgroups`. */
export interface CgroupsOptions extends Pick<SharedOptions, "cgroupMount" | "procfsRoot"> {
  /** A UID, or `namespace/name`. */
  readonly pod?: string;
  readonly podLogs: string;
  readonly output: OutputFormat;
}

/** Shows the hugetlb tree. Throws {@link OperatorError} when there is none. */
export async function runCgroups({ pod, podLogs, output, ...places }: CgroupsOptions): Promise<void> {
  const mount = await cgroupPlace(places);
  const trees = pod === undefined ? await readHugetlbTree(mount) : await treeOf(pod.trim(), podLogs, mount);
  await print(output, hugetlbTree(trees), () => hugetlbTable(trees));
}

/** The tree of a pod. Of several pods that had the name one after the other, the one that has a cgroup is there now. */
async function treeOf(pod: string, podLogs: string, mount: string): Promise<HugetlbCgroup[]> {
  const [namespace = "", name] = pod.split("/", 2);
  if (name === undefined) return await readHugetlbTree(mount, podUid(pod));
  const uids = await podUidsOf(namespace, name, podLogs);
  if (uids.length === 0) {
    throw new OperatorError(
      `Cannot find pod ${quoted(pod)} on this node: ${podLogs} has no directory of that name ` +
        "(does it run here? --pod takes its metadata.uid as well, --pod-logs another directory)",
    );
  }
  const tried = await Promise.allSettled(uids.map((uid) => readHugetlbTree(mount, podUid(uid))));
  const found = tried.flatMap((result) => result.status === "fulfilled" ? result.value : []);
  if (found.length > 0) return found;
  throw new OperatorError(`Cannot find the cgroup of pod ${quoted(pod)} below ${mount}: it runs no longer`);
}
