import { sep } from "node:path";
import { PodCgroupError } from "../../../core/ports/pod_cgroup.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { cgroupDirectory, CgroupPathError } from "./cgroup_path.ts";

/**
 * The directory of a pod's cgroup, which must really be below the mount: no symbolic link may lead out of it. Throws
 * {@link PodCgroupError}.
 */
export function podDirectory(mountPath: string, cgroupParent: string): string {
  try {
    const mount = Deno.realPathSync(mountPath);
    const directory = Deno.realPathSync(cgroupDirectory(mount, cgroupParent));
    if (directory.startsWith(mount + sep)) return directory;
    throw new CgroupPathError(`Cannot use ${directory}: it is outside of ${mount}`);
  } catch (cause) {
    throw new PodCgroupError(
      `Cannot find the pod's cgroup ${cgroupParent} under ${mountPath}: ${messageOf(cause)} ` +
        `(does --cgroup-mount name the cgroup v2 hierarchy?)`,
      { cause, isMissing: cause instanceof Deno.errors.NotFound },
    );
  }
}
