import { join } from "node:path";
import { ociArchive } from "../../../tasks/image/oci_archive.ts";
import { goBinary, GoError, type GoProgram } from "../../peers/go.ts";
import { containerd24 } from "../../peers/containerd/node_programs.ts";
import { crictlProgram } from "../../peers/crictl/binaries.ts";
import { runcProgram } from "../../peers/runc/binaries.ts";
import { LabError } from "../lab_error.ts";
import { installMissing } from "./debian.ts";
import type { AdditionSources, MakeAdditions } from "./lab_files.ts";
import type { RootImageAdditions } from "./root_image.ts";

/** What runc is built with. */
const needs = { "pkg-config": ["pkg-config"], "/usr/include/seccomp.h": ["libseccomp-dev"] };

/** What containerd mounts containers' files with. */
const overlay = "kernel/fs/overlayfs/overlay.ko";

/**
 * What a machine needs to run containers: containerd, runc and crictl, built from source, an image for its containers
 * and its sandboxes, and the kernel's overlay file system. guest/containerd-node starts it.
 *
 * Throws {@link LabError} where there is no Go or a build fails.
 */
export async function containerRuntime(sources: AdditionSources): Promise<RootImageAdditions> {
  await installMissing(needs);
  return {
    programs: await buildAll("lab", [...containerd24, runcProgram, crictlProgram]),
    files: new Map([["lab/images/workload.tar", await writeImage(sources)]]),
    modules: [overlay],
  };
}

/**
 * Another containerd, in a directory of its own, which goes before the newest one's in the search for programs: see
 * guest/containerd.ts.
 */
export function otherContainerd(directory: string, programs: readonly GoProgram[]): MakeAdditions {
  return async () => ({ programs: await buildAll(directory, programs), files: new Map(), modules: [] });
}

async function buildAll(directory: string, programs: readonly GoProgram[]): Promise<Map<string, string>> {
  const binaries = new Map<string, string>();
  for (const program of programs) binaries.set(`${directory}/${program.name}`, await build(program));
  return binaries;
}

async function build(program: GoProgram): Promise<string> {
  try {
    return await goBinary(program);
  } catch (cause) {
    if (!(cause instanceof GoError)) throw cause;
    throw new LabError(cause.message, { cause });
  }
}

/** The image of the lab's containers and of their sandboxes: the workload, which waits unless it is told otherwise. */
async function writeImage({ directory, workload }: AdditionSources): Promise<string> {
  const path = join(directory, "workload.tar");
  const { archive } = await ociArchive({
    name: "lab.test/workload:1",
    architecture: "amd64",
    layers: [[{ path: "workload", type: "file", content: await Deno.readFile(workload), mode: 0o755 }]],
    entrypoint: ["/workload"],
    command: ["--bytes", "4Ki", "--hold"],
    environment: [],
    labels: {},
    created: new Date(0),
  });
  await Deno.writeFile(path, archive);
  return path;
}
