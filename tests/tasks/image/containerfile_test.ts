import assert from "node:assert/strict";
import { description, dramemoryImage, title } from "../../../tasks/image/dramemory_image.ts";
import { imageLabels } from "../../../tasks/image/labels.ts";

const sources = {
  version: "1.2.3",
  licenses: JSON.parse(await Deno.readTextFile("deno.json")).license,
  revision: undefined,
  url: undefined,
  created: new Date(0),
};
const program = {
  elf: { architecture: "amd64", interpreter: undefined, needed: [] },
  entry: { path: "usr/bin/dramemory", type: "file", content: new Uint8Array() },
} as const;

Deno.test("the Containerfile's image is configured as the archive's is", async () => {
  const { entrypoint, command, environment } = dramemoryImage(program, sources, { base: [], executable: [] });
  const [, final = ""] = (await Deno.readTextFile("Containerfile")).split("FROM ${BASE_IMAGE}");
  const instruction = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(final)?.[1];
  assert.equal(instruction("ENTRYPOINT"), JSON.stringify(entrypoint));
  assert.equal(instruction("CMD"), JSON.stringify(command));
  assert.equal(instruction("ENV"), environment.join(" "));
  assert.equal(instruction("USER"), "0:0");
  assert.equal(instruction("WORKDIR"), "/");
});

Deno.test("the Containerfile's labels say what the archive's say", async () => {
  const labels = imageLabels(title, description, sources);
  const written = (await Deno.readTextFile("Containerfile")).matchAll(
    /(org\.opencontainers\.image\.\w+)="([^"]*)"/g,
  );
  const said = Object.fromEntries([...written].map(([, key = "", value]) => [key, value]));
  assert.deepEqual(Object.keys(said).map((key) => key.split(".").at(-1)), [
    "title",
    "description",
    "licenses",
  ]);
  for (const [key, value] of Object.entries(said)) assert.equal(value, labels[key], key);
});

Deno.test("the Containerfile's Deno is the one that the project is compiled with, unless told another", async () => {
  const file = await Deno.readTextFile("Containerfile");
  const calls = [...file.matchAll(/^RUN (\$\{.*?\}) /gm)].map(([, call]) => call);
  assert.deepEqual([...new Set(calls)], ["${DENO:-npx -y deno@$(cat .deno-version)}"]);
  assert.match(file, /^COPY .*\.deno-version.* \.\/$/m);
  assert.match(await Deno.readTextFile(".dockerignore"), /^!\.deno-version$/m);
});
