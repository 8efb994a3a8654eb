import { join } from "node:path";
import type { BootFiles } from "./boot.ts";
import { LabError } from "../lab_error.ts";
import { installPrograms, unpackedPackage } from "./debian.ts";
import { writeRootImage } from "./root_image.ts";

/** Where downloads stay, outside of the checkout. Deleting it is fine while no lab runs. */
function cacheDirectory(): string {
  const caches = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/tmp", ".cache");
  return join(caches, "dramemory-lab");
}

/**
 * Gets and makes everything that a machine is booted with. The image is written to `directory`.
 *
 * Throws {@link LabError} when something is missing that only a person can provide.
 */
export async function prepareBoot(
  directory: string,
  { dramemory, checks }: { readonly dramemory: string; readonly checks: readonly string[] },
): Promise<BootFiles> {
  await requireFile(dramemory);
  await installPrograms();
  const busybox = await unpackedPackage(cacheDirectory(), "busybox-static");
  const kernel = await unpackedPackage(cacheDirectory(), "linux-image-cloud-amd64");
  return {
    kernel: await kernelImage(join(kernel, "boot")),
    image: await writeRootImage(directory, { busybox: join(busybox, "bin/busybox"), dramemory, checks }),
  };
}

async function requireFile(dramemory: string): Promise<void> {
  try {
    await Deno.stat(dramemory);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new LabError(`Cannot find ${dramemory}: the lab runs the built executable (deno task build)`, {
      cause,
    });
  }
}

async function kernelImage(boot: string): Promise<string> {
  for await (const { name } of Deno.readDir(boot)) {
    if (name.startsWith("vmlinuz-")) return join(boot, name);
  }
  throw new LabError(
    `Cannot find a kernel in ${boot} (delete the directory to have it downloaded anew)`,
  );
}
