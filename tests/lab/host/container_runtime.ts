import { join } from "node:path";
import { ociArchive } from "../../../tasks/image/oci_archive.ts";
import type { GoProgram } from "../../peers/go.ts";
import { containerd24 } from "../../peers/containerd/node_programs.ts";
import { crictlProgram } from "../../peers/crictl/binaries.ts";
import { buildPrograms } from "./go_programs.ts";
import type { AdditionSources, MakeAdditions } from "./lab_files.ts";
import { ociRuntimeFiles } from "./oci_runtime.ts";

/** What a runtime mounts containers' files with. */
export const overlay = "kernel/fs/overlayfs/overlay.ko";

/**
 * What a machine needs to run containers: containerd and crictl, built from source, an OCI runtime, an image for its
 * containers and its sandboxes, and the kernel's overlay file system. guest/containerd-node starts it.
 *
 * Throws {@link LabError} where there is no Go or a build fails.
 */
export function containerRuntime(ociRuntime = "runc"): MakeAdditions {
  return async (sources) => {
    const { programs, files } = await ociRuntimeFiles(ociRuntime);
    return {
      programs: new Map([...programs, ...await buildPrograms("lab", [...containerd24, crictlProgram])]),
      files: new Map([...files, ["lab/images/workload.tar", await writeImage(sources)]]),
      modules: [overlay],
    };
  };
}

/**
 * Another containerd, in a directory of its own, which goes before the newest one's in the search for programs: see
 * guest/node_runtime.ts.
 */
export function otherContainerd(directory: string, programs: readonly GoProgram[]): MakeAdditions {
  return async () => ({ programs: await buildPrograms(directory, programs), files: new Map(), modules: [] });
}

/** The image of the lab's containers and of their sandboxes: the workload, which waits unless it is told otherwise. */
export async function writeImage({ directory, workload }: AdditionSources): Promise<string> {
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
