import { join } from "node:path";
import * as v from "valibot";
import { crioModule, crioProgram } from "../../peers/crio/binaries.ts";
import { crictlProgram } from "../../peers/crictl/binaries.ts";
import { run } from "./command.ts";
import { overlay, writeImage } from "./container_runtime.ts";
import { installMissing } from "./debian.ts";
import { buildPrograms } from "./go_programs.ts";
import type { MakeAdditions } from "./lab_files.ts";
import { ociRuntimeFiles } from "./oci_runtime.ts";

/** What Debian has of it: the process beside each container, and what puts images into CRI-O's storage. */
const debian = { "/usr/bin/conmon": ["conmon"], "/usr/bin/skopeo": ["skopeo"] };
/** What CRI-O is built with. */
const headers = { "pkg-config": ["pkg-config"], "/usr/include/seccomp.h": ["libseccomp-dev"] };

/**
 * What a machine needs to run containers by CRI-O: built from source, with an OCI runtime, an image for its containers,
 * and the kernel's overlay file system. guest/crio-node starts it. Its own OCI runtime is crun.
 *
 * Throws {@link LabError} where there is no Go or a build fails.
 */
export function crioRuntime(ociRuntime = "crun"): MakeAdditions {
  return async (sources) => {
    await installMissing({ ...debian, ...headers });
    const { programs, files } = await ociRuntimeFiles(ociRuntime);
    return {
      programs: new Map([
        ...programs,
        ...await buildPrograms("lab", [crioProgram, crictlProgram]),
        ["lab/pinns", await compilePinns(sources.directory)],
        ...Object.keys(debian).map((path) => [path.replace("/usr/bin", "lab"), path] as const),
      ]),
      files: new Map([...files, ["lab/images/workload.tar", await writeImage(sources)]]),
      modules: [overlay],
    };
  };
}

const downloadedModule = v.object({ Dir: v.string() });

/** The program by which CRI-O keeps namespaces, which its module has as C sources. */
async function compilePinns(directory: string): Promise<string> {
  const args = ["mod", "download", "-json", crioModule.path];
  const { Dir } = v.parse(downloadedModule, JSON.parse(await run("go", args, { cwd: crioModule.directory })));
  const sources = ["pinns.c", "sysctl.c"].map((name) => join(Dir, "pinns/src", name));
  const program = join(directory, "pinns");
  await run("gcc", ["-std=c99", "-O2", "-static", "-o", program, ...sources]);
  return program;
}
