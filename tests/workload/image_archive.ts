/** Makes `bin/dramemory-workload-image.tar`: an image with the compiled workload and nothing else. */
import { join } from "node:path";
import { ImageError } from "../../tasks/image/image_error.ts";
import { imageLabels, type Sources } from "../../tasks/image/labels.ts";
import type { Image } from "../../tasks/image/oci_archive.ts";
import { type Program, readProgram } from "../../tasks/image/program.ts";
import { readSources } from "../../tasks/image/sources.ts";
import { runTask } from "../../tasks/image/task.ts";
import { taskOptions } from "../../tasks/task_options.ts";
import { writeArchive } from "../../tasks/image/write_archive.ts";
import { compiler, compilerArguments } from "./compile.ts";

const title = "dramemory-workload";

await runTask(async () => {
  const { values } = taskOptions("deno task workload-image-archive [--output PATH]", {
    options: { output: { type: "string", default: "bin/dramemory-workload-image.tar" } },
  });
  const directory = await Deno.makeTempDir({ prefix: "dramemory-workload-" });
  try {
    const program = await compile(join(directory, "workload"));
    await writeArchive(workloadImage(program, await readSources()), values.output);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

async function compile(output: string): Promise<Program> {
  try {
    const { success } = await new Deno.Command(compiler, { args: compilerArguments(output) }).spawn().status;
    if (!success) throw new ImageError(`Cannot compile the workload: see the messages of ${compiler} above`);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const remedy = "install gcc and the static libc, on Debian gcc and libc6-dev, or name another one in CC";
    throw new ImageError(`Cannot compile the workload: there is no ${compiler} (${remedy})`, { cause });
  }
  return await readProgram(output, "workload", "the compiler makes it");
}

function workloadImage(program: Program, sources: Sources): Image {
  return {
    name: `docker.io/library/${title}:${sources.version}`,
    architecture: program.elf.architecture,
    layers: [[program.entry]],
    entrypoint: ["/workload"],
    command: [],
    environment: ["PATH=/"],
    labels: imageLabels(title, "Maps memory or hugepages and says where the pages are", sources),
    created: sources.created,
  };
}
