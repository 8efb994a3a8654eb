import { runcProgram } from "../../peers/runc/binaries.ts";
import { LabError } from "../lab_error.ts";
import { installMissing } from "./debian.ts";
import { debianCrun } from "./debian_crun.ts";
import { buildPrograms } from "./go_programs.ts";
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

async function crun(release: Parameters<typeof debianCrun>[0]): Promise<Files> {
  return { programs: new Map(), files: await debianCrun(release) };
}
