/**
 * Makes `bin/dramemory`, or with `--arch` the executable of another architecture, `bin/dramemory-arm64`.
 */
import { ExecutableError, makeExecutable, ownArchitecture } from "./executable.ts";
import { taskOptions } from "./task_options.ts";
import { type Architecture, isArchitecture } from "./image/elf.ts";

const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
try {
  const architecture = wantedArchitecture();
  const name = architecture === ownArchitecture ? "bin/dramemory" : `bin/dramemory-${architecture}`;
  await Deno.mkdir("bin", { recursive: true });
  await makeExecutable({
    entry: "cmd/main.ts",
    output: `${Deno.cwd()}/${name}`,
    define: { DRAMEMORY_VERSION: JSON.stringify(version) },
    architecture,
  });
  const { size } = await Deno.stat(name);
  console.log(`${name} ${version}, ${(size / 1e6).toFixed(1)} MB`);
} catch (error) {
  if (!(error instanceof ExecutableError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}

function wantedArchitecture(): Architecture {
  const { values: { arch = ownArchitecture } } = taskOptions("deno task build [--arch amd64|arm64]", {
    options: { arch: { type: "string" } },
  });
  if (isArchitecture(arch)) return arch;
  throw new ExecutableError(`Cannot build for ${JSON.stringify(arch)}: --arch is amd64 or arm64`);
}
