import { join } from "node:path";
import { quoted } from "../../../core/values/quoted.ts";

/** A cgroup name of the runtime that leads to no directory under the cgroup mount. */
export class CgroupPathError extends Error {
  override name = "CgroupPathError";
}

/**
 * The directory of a pod's cgroup under the mount, from what the runtime calls `cgroup_parent`.
 *
 * With the cgroupfs driver that is a path (`/kubepods/burstable/pod<uid>`). With the systemd driver it is a path
 * of slices or the bare name of the last one, whose dashes spell out its parents (systemd.slice(5)):
 * `kubepods-burstable-pod1.slice` is `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice`.
 * Throws {@link CgroupPathError} for names that could lead out of the mount.
 */
export function cgroupDirectory(mount: string, cgroupParent: string): string {
  const bareSlice = /^[^/]+\.slice$/.test(cgroupParent);
  const parts = bareSlice ? expandSlice(cgroupParent) : cgroupParent.split("/").filter((part) => part !== "");
  if (parts.length === 0 || parts.some((part) => part === "." || part === ".." || part.includes("\0"))) {
    throw new CgroupPathError(`Cannot use as a pod's cgroup: ${quoted(cgroupParent)}`);
  }
  return join(mount, ...parts);
}

function expandSlice(slice: string): string[] {
  const names = slice.slice(0, -".slice".length).split("-");
  if (names.some((name) => name === "")) {
    throw new CgroupPathError(`Cannot use as a systemd slice: ${quoted(slice)}`);
  }
  return names.map((_, index) => `${names.slice(0, index + 1).join("-")}.slice`);
}
