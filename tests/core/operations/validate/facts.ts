import type { CheckResult } from "../../../../core/operations/validate/check_result.ts";
import type {
  CgroupFacts,
  CgroupMount,
  CgroupV2Place,
} from "../../../../core/operations/ports/cgroup_facts.ts";

/** A hierarchy of cgroup v2 as nodes have it, with a kubelet. */
export const v2Place: CgroupV2Place = {
  kind: "v2",
  path: "/sys/fs/cgroup",
  controllers: ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"],
  options: ["rw", "nsdelegate", "memory_recursiveprot"],
  notWritable: undefined,
  kubelet: [
    { path: "/", subtreeControl: ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"] },
    { path: "/kubepods.slice", subtreeControl: ["cpuset", "cpu", "memory", "hugetlb", "pids"] },
  ],
  classes: [],
};

/** A hierarchy of cgroup v1. */
export function v1Mount(...controllers: string[]): CgroupMount {
  const name = controllers.join(",");
  return { version: 1, mountPoint: `/sys/fs/cgroup/${name}`, controllers, options: ["rw", ...controllers] };
}

/** The mount that a place is on. */
export function v2Mount({ path, controllers, options }: CgroupV2Place): CgroupMount {
  return { version: 2, mountPoint: path, controllers, options };
}

/** A machine with a cgroup v2 hierarchy that is different from the usual one, and with further mounts. */
export function cgroupsWith(different: Partial<CgroupV2Place>, ...others: CgroupMount[]): CgroupFacts {
  const place = { ...v2Place, ...different };
  return { place, named: false, mounts: [v2Mount(place), ...others] };
}

/** Results as `outcome name`, failures that keep the daemon from starting marked as such. */
export function outcomes(results: readonly CheckResult[]): string[] {
  return results.map((result) =>
    `${result.outcome === "fail" && result.fatal ? "fatal" : result.outcome} ${result.name}`
  );
}

/** Those results that are not passed, see {@link outcomes}. */
export function problems(results: readonly CheckResult[]): string[] {
  return outcomes(results.filter(({ outcome }) => outcome !== "pass"));
}
