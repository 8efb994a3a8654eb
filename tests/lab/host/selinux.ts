import { join } from "node:path";
import { run } from "./command.ts";
import { exists, installMissing } from "./debian.ts";
import { cacheDirectory, type MakeAdditions } from "./lab_files.ts";

const needs = { mmdebstrap: ["mmdebstrap"] };

/** The first release of Debian whose policy has containers. */
const release = "trixie";

/**
 * What may do everything here: the kernel and the first process, the runtime, and the driver, whose programs have no
 * labels in the machine. Containers may not.
 */
const permissive = ["kernel_t", "dockerd_t", "crio_t", "spc_t"];

/** Debian's SELinux policy, of the version that the stock kernel reads, with all that is not a container permissive. */
export const selinuxPolicy: MakeAdditions = async () => {
  await installMissing(needs);
  return {
    programs: new Map([["lab/runcon", "/usr/bin/runcon"]]),
    files: new Map(),
    modules: [],
    trees: new Map([["", await policy()]]),
  };
};

/** A tar of `/etc/selinux`. Made once and kept in the cache. */
async function policy(): Promise<string> {
  const path = join(cacheDirectory(), `selinux-${release}-${permissive.join("-")}.tar`);
  if (await exists(path)) return path;
  const root = await Deno.makeTempDir({ prefix: "dramemory-lab-selinux-" });
  try {
    const rules = permissive.map((type) => `(typepermissive ${type})`).join("\n");
    await Deno.writeTextFile(join(root, "lab.cil"), rules);
    const debian = join(root, "debian");
    await run("mmdebstrap", [
      ...["--quiet", "--variant=minbase", '--aptopt=APT::Install-Recommends "false"'],
      "--include=selinux-policy-default,policycoreutils",
      '--customize-hook=echo policy-version=33 >>"$1/etc/selinux/semanage.conf"',
      `--customize-hook=cp ${join(root, "lab.cil")} "$1/tmp"`,
      '--customize-hook=chroot "$1" semodule -n -i /tmp/lab.cil',
      ...[release, debian, "http://deb.debian.org/debian"],
    ], { minutes: 20 });
    await Deno.mkdir(cacheDirectory(), { recursive: true });
    await run("tar", ["-C", debian, "-cf", `${path}.${Deno.pid}`, "etc/selinux"]);
    await Deno.rename(`${path}.${Deno.pid}`, path);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
  return path;
}
