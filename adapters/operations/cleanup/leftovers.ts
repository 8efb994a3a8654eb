import { join } from "node:path";
import { driverName } from "../../../core/values/driver.ts";
import { isStatusSocket } from "../../protocols/status/status_sockets.ts";
import { isThere } from "../../shared/files/is_there.ts";

/** Where a driver that ran here had its files. */
export interface DriverPlaces {
  readonly runDir: string;
  readonly kubeletRoot: string;
  readonly cdiDir: string;
}

/** What a driver left on a node. */
export interface Leftovers {
  /** Files and directories, in the order in which they can go: what the runtime and the kubelet read comes first. */
  readonly paths: readonly string[];
  /** Those of them at which somebody listens: a driver that runs. */
  readonly living: readonly string[];
}

const unitPath = "/etc/systemd/system/dramemory-hugepages.service";

/**
 * Looks for what a driver leaves on a node: the CDI files of claims and the directory of their metadata beside them, its
 * directory and its registration at the kubelet, its own sockets. What has another name in these directories is somebody else's, and none of it. Throws Deno's errors
 * when a directory cannot be read.
 */
export async function findLeftovers({ runDir, kubeletRoot, cdiDir }: DriverPlaces): Promise<Leftovers> {
  const plugin = join(kubeletRoot, "plugins", driverName), registry = join(kubeletRoot, "plugins_registry");
  const isOwnCdi = (name: string) => name.startsWith(`${driverName}-`) || name.startsWith(`${driverName}_`);
  const cdi = [...await within(cdiDir, isOwnCdi), ...await within(cdiDir, isOwnCdi, "directories")];
  const registrations = await within(registry, (name) => /^dra\.memory(?:-[\w-]+)?-reg\.sock$/.test(name));
  const status = await within(runDir, isStatusSocket);
  const sockets = [...registrations, ...await within(plugin, (name) => name.endsWith(".sock")), ...status];
  const listening = await Promise.all(sockets.map(isListening));
  const directories = await Promise.all(
    [plugin, runDir].map(async (path) => await isThere(path) ? [path] : []),
  );
  const [pluginDirectory = [], runDirectory = []] = directories;
  return {
    paths: [...registrations, ...cdi, ...pluginDirectory, ...status, ...runDirectory],
    living: sockets.filter((_, index) => listening[index]),
  };
}

/** The unit that `setup-hugepages --persist systemd` prints, where somebody saved it as it says. */
export async function hugepagesUnit(): Promise<string | undefined> {
  return await isThere(unitPath) ? unitPath : undefined;
}

/**
 * Removes what was found, whatever is in the directories of the driver's name, but its own directory of sockets only when
 * nothing of others is in it. Resolves with false for one that stays. Throws Deno's errors.
 */
export async function removeLeftover(path: string, { runDir }: DriverPlaces): Promise<boolean> {
  try {
    await Deno.remove(path, { recursive: path !== runDir });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    if (error instanceof Error && /os error 39\b/.test(error.message)) return false; // ENOTEMPTY
    throw error;
  }
}

async function within(
  directory: string,
  isOwn: (name: string) => boolean,
  wanted: "files" | "directories" = "files",
): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ name, isDirectory }) =>
      isDirectory === (wanted === "directories") && isOwn(name)
    )
      .map(({ name }) => join(directory, name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function isListening(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
