import assert from "node:assert/strict";
import { type OciLayout, readOciLayout, unpack, unpackLayers } from "./oci_layout.ts";

/** Why no root directory can be changed to here; undefined where it can. */
export const noRoot = Deno.uid() === 0 ? undefined : "only root can change its root directory";

/** Runs in the root directory that it is given ($0), with what a container runtime mounts in each container. */
const inRoot = 'mkdir -p "$0/proc" "$0/sys" && mount -t proc proc "$0/proc" && ' +
  'mount --rbind /sys "$0/sys" && exec chroot "$0" "$@"';

const text = new TextDecoder();

/** An image that was unpacked, to be run. */
export interface UnpackedImage {
  readonly layout: OciLayout;
  /** The root directory that its layers make. */
  readonly root: string;
  /** Runs its entry point as a container runtime does, with nothing of this machine's environment. */
  run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
}

/** Makes an archive by a task in a directory of its own. Resolves to what the task said. */
export async function makeArchive(task: string, output: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task, "--output", output, ...args],
  }).output();
  assert.ok(success, text.decode(stderr));
  return text.decode(stdout);
}

/** Unpacks an archive into a directory, checking all that it says. */
export async function unpackImage(archive: string, directory: string): Promise<UnpackedImage> {
  const root = `${directory}/root`;
  await Deno.mkdir(`${directory}/layout`);
  await unpack(archive, `${directory}/layout`);
  const layout = readOciLayout(`${directory}/layout`);
  await unpackLayers(layout, root);
  return {
    layout,
    root,
    run: async (...args) => {
      const { Env, Entrypoint } = layout.image.config;
      const environment = Object.fromEntries(Env.map((entry) => entry.split(/=(.*)/s)));
      const { code, stdout, stderr } = await new Deno.Command("/usr/bin/unshare", {
        args: ["--mount", "sh", "-c", inRoot, root, ...Entrypoint, ...args],
        clearEnv: true,
        // What mounts is of this machine, which needs its own.
        env: { ...environment, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
      }).output();
      return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
    },
  };
}
