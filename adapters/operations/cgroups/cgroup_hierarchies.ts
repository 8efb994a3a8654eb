import { join } from "node:path";
import type { CgroupFacts, CgroupMount, CgroupPlace } from "../../../core/operations/ports/cgroup_facts.ts";
import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";
import { readControllers } from "../../driver/cgroup/controllers.ts";
import { kubeletLevels } from "./kubelet_levels.ts";
import { cgroupV1Mounts, type Mount, mountOf, parseMountinfo } from "../../shared/kernel_files/mountinfo.ts";
import { osReason } from "../../shared/files/os_reason.ts";

/** Where cgroups are mounted, unless somebody did otherwise. */
const usualMount = "/sys/fs/cgroup";

/**
 * Looks at the cgroup hierarchies that this process sees, and at the place that `--cgroup-mount` names: empty where
 * pods' limits are to be left alone; undefined to take the cgroup2 mount that carries hugetlb.
 *
 * Takes a few files to read and one that is opened for writing, which writes nothing. Never rejects for what is there.
 */
export async function readCgroupFacts(
  { procfsRoot, cgroupMount }: { readonly procfsRoot: string; readonly cgroupMount: string | undefined },
): Promise<CgroupFacts> {
  const named = cgroupMount !== undefined;
  if (cgroupMount === "") return { place: { kind: "unused" }, named, mounts: [] };
  const all = await attempt(readText(`${procfsRoot}/self/mountinfo`, parseMountinfo));
  if (all instanceof UnreadableFileError) {
    return {
      place: { kind: "unknown", path: cgroupMount ?? usualMount, reason: all.message },
      named,
      mounts: [],
    };
  }
  const mounts = [...await cgroupV2Mounts(all), ...cgroupV1Mounts(all)];
  return { place: await placeOf(cgroupMount ?? defaultMount(mounts), all), named, mounts };
}

/** The first one that carries hugetlb, or else one that shows what is missing. */
function defaultMount(mounts: readonly CgroupMount[]): string {
  const v2 = mounts.filter(({ version }) => version === 2);
  const right = v2.find(({ controllers }) => controllers.includes("hugetlb")) ?? v2[0];
  return right?.mountPoint ?? usualMount;
}

async function cgroupV2Mounts(mounts: readonly Mount[]): Promise<CgroupMount[]> {
  return await Promise.all(
    mounts.filter(({ fileSystem }) => fileSystem === "cgroup2").map(async (
      { mountPoint, superblockOptions },
    ) => ({
      version: 2 as const,
      mountPoint,
      controllers: await readControllers(join(mountPoint, "cgroup.controllers")),
      options: superblockOptions,
    })),
  );
}

async function placeOf(path: string, mounts: readonly Mount[]): Promise<CgroupPlace> {
  const real = await realDirectory(path);
  if (real === undefined) return { kind: "missing", path };
  const mount = mountOf(real, mounts);
  if (mount?.fileSystem === "cgroup") return { kind: "v1", path };
  if (mount?.fileSystem !== "cgroup2") return { kind: "directory", path };
  const [controllers, notWritable, levels] = await Promise.all([
    readControllers(join(real, "cgroup.controllers")),
    whyNotWritable(join(real, "cgroup.subtree_control")),
    kubeletLevels(real),
  ]);
  return { kind: "v2", path, controllers, options: mount.superblockOptions, notWritable, ...levels };
}

async function realDirectory(path: string): Promise<string | undefined> {
  try {
    const real = await Deno.realPath(path);
    return (await Deno.stat(real)).isDirectory ? real : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

async function whyNotWritable(path: string): Promise<string | undefined> {
  try {
    (await Deno.open(path, { write: true })).close();
    return undefined;
  } catch (error) {
    if (error instanceof Error) return osReason(error);
    throw error;
  }
}
