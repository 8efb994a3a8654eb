import type { CgroupFacts, CgroupMount, CgroupPlace, CgroupV2Place } from "../ports/cgroup_facts.ts";
import { type CheckResult, fail, fatal, pass, warn } from "./check_result.ts";

/** The superblock option of cgroup2 that counts hugepages as memory (Documentation/admin-guide/cgroup-v2.rst). */
const accountingOption = "memory_hugetlb_accounting";

/**
 * The controllers that claims rest on: the driver writes hugetlb limits itself, and has the runtime write `cpuset.mems`;
 * the kubelet limits memory.
 */
const neededControllers = ["hugetlb", "cpuset", "memory"] as const;

const unifiedFix = "boot with systemd.unified_cgroup_hierarchy=1, which puts all controllers in cgroup v2";

/**
 * Checks the hierarchy in which pods get their hugetlb limits. A place that is no cgroup v2 hierarchy has one result;
 * further ones need the hierarchy.
 */
export function checkCgroups(facts: CgroupFacts): CheckResult[] {
  const { place } = facts;
  if (place.kind !== "v2") return [checkPlace(place, facts)];
  return [
    pass("cgroup-hierarchy", `cgroup v2 at ${place.path}`),
    checkLayout(place, facts.mounts),
    checkControllers(place, facts.mounts),
    checkAccounting(place),
    checkDelegation(place),
    checkWritable(place),
  ];
}

function checkPlace(
  place: Exclude<CgroupPlace, CgroupV2Place>,
  { named, mounts }: CgroupFacts,
): CheckResult {
  const name = "cgroup-hierarchy";
  switch (place.kind) {
    case "unused":
      return warn(
        name,
        "--cgroup-mount is empty: pods keep the hugetlb limits that the kubelet gives them",
        "name the hierarchy if the kubelet should not have counted the hugepages of claims",
      );
    case "unknown":
      return warn(
        name,
        `cannot tell what ${place.path} is: ${place.reason}`,
        "is --procfs-root right?",
      );
    case "missing":
      return fatal(name, `there is no directory ${place.path}`, placeFix(mounts));
    case "v1":
      return fatal(name, `${place.path} is cgroup v1`, placeFix(mounts));
    case "directory":
      return checkDirectory(place.path, named, mounts);
  }
}

/**
 * A directory that somebody named is taken for what a demo or a test has in the place of a hierarchy, and a driver may
 * run with it; one that only holds the hierarchies is a mistake.
 */
function checkDirectory(path: string, named: boolean, mounts: readonly CgroupMount[]): CheckResult {
  const name = "cgroup-hierarchy";
  if (!named) return fatal(name, "no cgroup v2 hierarchy is mounted", placeFix(mounts));
  if (mounts.some(({ mountPoint }) => mountPoint.startsWith(`${path}/`))) {
    return fatal(
      name,
      `${path} is no hierarchy, but the directory that they are mounted in`,
      placeFix(mounts),
    );
  }
  return fail(
    name,
    `${path} is a plain directory: limits that are written there bind nothing`,
    `${placeFix(mounts)}; a plain directory is for trying things out`,
  );
}

function placeFix(mounts: readonly CgroupMount[]): string {
  const right = mounts.find(({ version, controllers }) => version === 2 && controllers.includes("hugetlb"));
  return right === undefined ? unifiedFix : `use --cgroup-mount=${right.mountPoint}`;
}

/** A controller is in one hierarchy at a time: what v1 has is lacking in v2. */
function checkLayout({ controllers }: CgroupV2Place, mounts: readonly CgroupMount[]): CheckResult {
  const elsewhere = mounts.filter(({ version, controllers }) => version === 1 && controllers.length > 0);
  if (elsewhere.length === 0) return pass("cgroup-layout", "every controller is in cgroup v2");
  // A hierarchy that is mounted in several places has them once.
  const names = [...new Set(elsewhere.flatMap((mount) => mount.controllers))];
  return warn(
    "cgroup-layout",
    `hybrid: ${controllers.join(", ") || "no controller"} in cgroup v2; in cgroup v1 ${names.join(", ")}`,
    unifiedFix,
  );
}

/**
 * Hugetlb has to be in the hierarchy, because that is where the driver writes. The files of the other controllers are
 * written by the runtime and the kubelet, which find them in v1 as well.
 */
function checkControllers({ path, controllers }: CgroupV2Place, mounts: readonly CgroupMount[]): CheckResult {
  const name = "cgroup-controllers";
  const v1 = (controller: string) =>
    mounts.find((mount) => mount.version === 1 && mount.controllers.includes(controller));
  if (!controllers.includes("hugetlb")) {
    const place = v1("hugetlb");
    return place === undefined
      ? fatal(
        name,
        `${path} has no hugetlb controller`,
        "use a kernel with CONFIG_CGROUP_HUGETLB and without cgroup_disable=hugetlb",
      )
      : fatal(
        name,
        `${path} has no hugetlb controller: it is in cgroup v1, at ${place.mountPoint}`,
        unifiedFix,
      );
  }
  const nowhere = neededControllers.filter((controller) =>
    !controllers.includes(controller) && v1(controller) === undefined
  );
  if (nowhere.length === 0) {
    return pass(name, neededControllers.filter((controller) => controllers.includes(controller)).join(", "));
  }
  const message = `there is no ${nowhere.join(" and no ")} controller, in cgroup v2 or v1`;
  const fix = `take cgroup_disable=${nowhere.join(",")} from the kernel's command line`;
  return nowhere.includes("cpuset") ? fatal(name, message, fix) : fail(name, message, fix);
}

/**
 * With it a container that uses the hugepages of its claim runs into its memory limit, which does not include them. It
 * is a property of the hierarchy and not of a mount: each mount of cgroup2 from the machine's own cgroup namespace sets
 * or clears it for all (`apply_cgroup_root_flags` of kernel/cgroup/cgroup.c; seen with 6.12 and 7.3).
 */
function checkAccounting({ path, options }: CgroupV2Place): CheckResult {
  const name = "cgroup-accounting";
  if (!options.includes(accountingOption)) {
    return pass(
      name,
      "hugepages do not count as memory, until somebody mounts cgroup2 with the option for it",
    );
  }
  const kept = options.filter((option) => option !== accountingOption && option !== "rw" && option !== "ro");
  // Without the source, mount(8) would add the options that the mount has already.
  const remount = `mount -o ${["remount", ...kept].join(",")} cgroup2 ${path}`;
  return fatal(
    name,
    `the hierarchy of ${path} has ${accountingOption} now: hugepages count towards memory limits too, and containers ` +
      `get killed, until somebody mounts cgroup2 without it`,
    `${remount}, and take the option from whatever mounts cgroup2 with it`,
  );
}

/** A cgroup has the files of a controller only if each one above it has the controller in cgroup.subtree_control. */
function checkDelegation({ path, controllers, kubelet, classes }: CgroupV2Place): CheckResult {
  const name = "cgroup-delegation";
  const last = kubelet?.at(-1);
  if (kubelet === undefined || last === undefined) {
    return warn(
      name,
      `there is no kubepods or kubepods.slice below ${path}`,
      "start the kubelet, and look again",
    );
  }
  const wanted = neededControllers.filter((controller) => controllers.includes(controller));
  for (const level of [...kubelet, ...classes]) {
    const missing = wanted.filter((controller) => !level.subtreeControl.includes(controller));
    if (missing.length === 0) continue;
    const file = `${path}${level.path === "/" ? "" : level.path}/cgroup.subtree_control`;
    return fail(
      name,
      `pods have no ${missing.join(", ")} files: ${file} lacks it`,
      `echo "${missing.map((controller) => `+${controller}`).join(" ")}" >${file}, then restart the kubelet`,
    );
  }
  return pass(name, `${wanted.join(", ")} down to ${last.path}`);
}

function checkWritable({ path, notWritable }: CgroupV2Place): CheckResult {
  const name = "cgroup-writable";
  if (notWritable === undefined) return pass(name, "limits can be written");
  return fatal(
    name,
    `cannot write below ${path}: ${notWritable}`,
    "run as root; a container needs the host's hierarchy mounted read-write",
  );
}
