/** Makes `bin/dramemory`. */
import { ExecutableError, makeExecutable } from "./executable.ts";

const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
const output = `${Deno.cwd()}/bin/dramemory`;
try {
  await Deno.mkdir("bin", { recursive: true });
  await makeExecutable({
    entry: "cmd/main.ts",
    output,
    define: { DRAMEMORY_VERSION: JSON.stringify(version) },
  });
} catch (error) {
  if (!(error instanceof ExecutableError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
const { size } = await Deno.stat(output);
console.log(`bin/dramemory ${version}, ${(size / 1e6).toFixed(1)} MB`);
