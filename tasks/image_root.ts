/**
 * Lays out the root directory of the image, for the Containerfile. On a base other than scratch it is the executable
 * alone: two sets of libraries in one root would not fit each other.
 */
import { dirname, join } from "node:path";
import type { ArchiveEntry } from "../adapters/operations/archive/tar.ts";
import { dramemoryLayers, executablePath } from "./image/dramemory_image.ts";
import { ImageError } from "./image/image_error.ts";
import { readProgram } from "./image/program.ts";
import { runTask } from "./image/task.ts";
import { taskOptions } from "./task_options.ts";

await runTask(async () => {
  const { values: { base }, positionals: [directory, ...more] } = taskOptions(
    "deno run -A tasks/image_root.ts [--base IMAGE] DIRECTORY",
    {
      allowPositionals: true,
      options: { base: { type: "string", default: "scratch" } },
    },
  );
  if (directory === undefined || more.length > 0) {
    throw new ImageError("Cannot lay out a root: name one directory");
  }
  const program = await readProgram("bin/dramemory", executablePath, "deno task build makes it");
  const layers = base === "scratch"
    ? await dramemoryLayers(program, "/")
    : { base: [], executable: [program.entry] };
  for (const entry of [...layers.base, ...layers.executable]) await layOut(entry, directory);
});

async function layOut(entry: ArchiveEntry, directory: string): Promise<void> {
  const place = join(directory, entry.path);
  await Deno.mkdir(dirname(place), { recursive: true });
  switch (entry.type) {
    case "file":
      await Deno.writeFile(place, entry.content);
      // The mode of a new file would be cut by the umask.
      return await Deno.chmod(place, entry.mode ?? 0o644);
    case "directory":
      await Deno.mkdir(place, { recursive: true });
      return await Deno.chmod(place, entry.mode ?? 0o755);
    case "symlink":
      return await Deno.symlink(entry.target, place);
  }
}
