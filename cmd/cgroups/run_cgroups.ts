import { HugetlbTreeError, readHugetlbTree } from "../../adapters/operations/cgroups/hugetlb_tree.ts";
import { podUid } from "../../core/values/ids.ts";
import { cgroupPlace } from "../options/cgroup_place.ts";
import { hugetlbTable, hugetlbTree } from "./cgroup_tables.ts";
import { JobError } from "../ui/fail.ts";
import type { SharedOptions } from "../options/shared_options.ts";
import { type OutputFormat, print } from "../ui/output.ts";

/** The flags of `cgroups`. */
export interface CgroupsOptions extends Pick<SharedOptions, "cgroupMount" | "procfsRoot"> {
  readonly pod?: string;
  readonly output: OutputFormat;
}

/** Shows the hugetlb tree. Throws {@link JobError} when there is none. */
export async function runCgroups({ pod, output, ...places }: CgroupsOptions): Promise<void> {
  try {
    const mount = await cgroupPlace(places);
    const trees = await readHugetlbTree(mount, pod === undefined ? undefined : podUid(pod.trim()));
    print(output, hugetlbTree(trees), () => hugetlbTable(trees));
  } catch (cause) {
    if (!(cause instanceof HugetlbTreeError)) throw cause;
    throw new JobError(cause.message, { cause });
  }
}
