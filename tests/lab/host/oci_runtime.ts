import { runcProgram } from "../../peers/runc/binaries.ts";
import { LabError } from "../lab_error.ts";
import { installMissing } from "./debian.ts";
import { buildPrograms } from "./go_programs.ts";
import { type ReleasePrograms, releasePrograms } from "./release_programs.ts";
import type { RootImageAdditions } from "./root_image.ts";

type Files = Pick<RootImageAdditions, "programs" | "files">;

/** What runs the containers of a machine, by its name: runc, or crun of Debian 13 or of Debian's newest packages. */
const ociRuntimes = new Map<string, () => Promise<Files>>([
  ["runc", runc],
  ["crun", () => crun("trixie")],
  ["crun-sid", () => crun("sid")],
]);

/** What a machine needs of an OCI runtime: `/lab/runc` or `/lab/crun`. Throws {@link LabError} where there is none. */
export async function ociRuntimeFiles(name: string): Promise<Files> {
  const files = ociRuntimes.get(name);
  if (files !== undefined) return await files();
  throw new LabError(`Cannot run containers with ${name}: there are ${[...ociRuntimes.keys()].join(", ")}`);
}

/** Built from source, with seccomp, which takes its library's headers. */
async function runc(): Promise<Files> {
  await installMissing({ "pkg-config": ["pkg-config"], "/usr/include/seccomp.h": ["libseccomp-dev"] });
  return { programs: await buildPrograms("lab", [runcProgram]), files: new Map() };
}

/**
 * That of Debian 12 (1.8.1) does not do: it takes no container of a runtime that writes a newer version of the OCI
 * specification than 1.0, as containerd 2 and CRI-O do ("unknown version specified").
 */
async function crun(release: ReleasePrograms["release"]): Promise<Files> {
  const programs = new Map([["usr/bin/crun", "lab/crun"]]);
  const files = await releasePrograms({ name: "crun", release, packages: ["crun"], programs });
  return { programs: new Map(), files };
}
