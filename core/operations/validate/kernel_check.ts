import { isKernelAtLeast } from "../../values/kernel_version.ts";
import { type CheckResult, fail, pass, warn } from "./check_result.ts";

/**
 * Checks the kernel's version: limits on reservations (`hugetlb.<size>.rsvd.max`) came to cgroup v2 with 5.7, usage by
 * node (`hugetlb.<size>.numa_stat`) with 5.17 (Documentation/admin-guide/cgroup-v2.rst of these versions).
 */
export function checkKernel(release: string | undefined): CheckResult {
  const name = "kernel";
  const isFit = isKernelAtLeast(release, 5, 7);
  if (isFit === undefined) {
    return warn(name, "cannot tell the kernel's version", "5.17 or newer is wanted, see uname -r");
  }
  if (!isFit) {
    return fail(
      name,
      `Linux ${release}: limits on hugepage reservations came with 5.7`,
      "use a kernel of 5.17 or newer",
    );
  }
  if (!isKernelAtLeast(release, 5, 17)) {
    return warn(
      name,
      `Linux ${release}: unless its vendor added it, it does not tell which node's hugepages a pod uses`,
      "use a kernel of 5.17 or newer",
    );
  }
  return pass(name, `Linux ${release}`);
}
