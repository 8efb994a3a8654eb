/** Builds the image by the Containerfile, with podman, docker or buildah. What follows `--` goes to that program. */
import { description, imageName, title } from "./image/dramemory_image.ts";
import { findEngine, tryProgram } from "./image/engine.ts";
import { ImageError } from "./image/image_error.ts";
import { imageLabels } from "./image/labels.ts";
import { readSources } from "./image/sources.ts";
import { runTask } from "./image/task.ts";
import { taskOptions } from "./task_options.ts";

const usage =
  "deno task build-image [--engine PROGRAM] [--build-image IMAGE] [--base-image IMAGE] [--tag NAME] [-- ARGUMENT …]";

await runTask(async () => {
  const end = Deno.args.indexOf("--");
  const { values } = taskOptions(usage, {
    args: end < 0 ? Deno.args : Deno.args.slice(0, end),
    options: {
      engine: { type: "string" },
      "build-image": { type: "string" },
      "base-image": { type: "string" },
      tag: { type: "string" },
    },
  });
  const engine = await findEngine(values.engine, tryProgram);
  const sources = await readSources();
  const images = { BUILD_IMAGE: values["build-image"], BASE_IMAGE: values["base-image"] };
  const { success } = await new Deno.Command(engine, {
    args: [
      ...["build", "--file", "Containerfile", "--tag", values.tag ?? imageName(sources.version)],
      ...Object.entries(images).flatMap(([name, image]) =>
        image === undefined ? [] : ["--build-arg", `${name}=${image}`]
      ),
      ...Object.entries(imageLabels(title, description, sources)).flatMap((
        label,
      ) => ["--label", label.join("=")]),
      ...(end < 0 ? [] : Deno.args.slice(end + 1)),
      ".",
    ],
  }).spawn().status;
  if (!success) throw new ImageError(`Cannot build the image: see the messages of ${engine} above`);
});
