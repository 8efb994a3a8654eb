/** Makes `bin/dramemory-image.tar` from the built executable and what it needs of this machine; nothing is pulled. */
import { dramemoryImage, dramemoryLayers, executablePath } from "./image/dramemory_image.ts";
import { readProgram } from "./image/program.ts";
import { readSources } from "./image/sources.ts";
import { runTask } from "./image/task.ts";
import { taskOptions } from "./task_options.ts";
import { writeArchive } from "./image/write_archive.ts";

const usage = "deno task image-archive [--binary PATH] [--sysroot DIRECTORY] [--output PATH]";

await runTask(async () => {
  const { values } = taskOptions(usage, {
    options: {
      binary: { type: "string", default: "bin/dramemory" },
      sysroot: { type: "string", default: "/" },
      output: { type: "string", default: "bin/dramemory-image.tar" },
    },
  });
  const program = await readProgram(values.binary, executablePath, "deno task build makes it");
  const layers = await dramemoryLayers(program, values.sysroot);
  await writeArchive(dramemoryImage(program, await readSources(), layers), values.output);
});
