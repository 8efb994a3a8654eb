import assert from "node:assert/strict";
import { type Image, ociArchive } from "../../../tasks/image/oci_archive.ts";
import { inDirectory } from "../../adapters/shared/files/directory.ts";
import { filesBelow, readOciLayout, unpack, unpackLayers } from "../../image/oci_layout.ts";

const text = (value: string) => new TextEncoder().encode(value);
const image: Image = {
  name: "registry.example:5000/team/tool:1.2.3",
  architecture: "arm64",
  layers: [
    [{ path: "etc/base", type: "file", content: text("below") }, {
      path: "etc/kept",
      type: "file",
      content: text("kept"),
    }],
    [{ path: "usr/bin/tool", type: "file", content: text("tool"), mode: 0o755 }, {
      path: "etc/base",
      type: "file",
      content: text("above"),
    }],
  ],
  entrypoint: ["/usr/bin/tool"],
  command: ["serve"],
  environment: ["PATH=/usr/bin"],
  labels: { "org.opencontainers.image.title": "tool" },
  created: new Date("2026-01-02T03:04:05Z"),
};

Deno.test("an archive holds an image by the specification, every digest and size true", async () => {
  await inDirectory(async (directory) => {
    const layout = await layoutOf(image, directory);
    assert.deepEqual(layout.image.config, {
      User: "0:0",
      Env: ["PATH=/usr/bin"],
      Entrypoint: ["/usr/bin/tool"],
      Cmd: ["serve"],
      WorkingDir: "/",
      Labels: { "org.opencontainers.image.title": "tool" },
    });
    assert.equal(layout.image.architecture, "arm64");
    assert.equal(layout.image.created, "2026-01-02T03:04:05.000Z");
  });
});

Deno.test("containerd is told the full name, others the tag", async () => {
  await inDirectory(async (directory) => {
    assert.deepEqual((await layoutOf(image, directory)).annotations, {
      "io.containerd.image.name": "registry.example:5000/team/tool:1.2.3",
      "org.opencontainers.image.ref.name": "1.2.3",
    });
  });
});

Deno.test("a higher layer's file replaces a lower one's", async () => {
  await inDirectory(async (directory) => {
    const root = `${directory}/root`;
    await unpackLayers(await layoutOf(image, directory), root);
    assert.deepEqual(filesBelow(root).sort(), ["etc/base", "etc/kept", "usr/bin/tool"]);
    assert.equal(await Deno.readTextFile(`${root}/etc/base`), "above");
  });
});

Deno.test("the same image gives the same archive, another time another one", async () => {
  const [once, again] = [await ociArchive(image), await ociArchive(image)];
  assert.deepEqual(again, once);
  assert.notEqual((await ociArchive({ ...image, created: new Date(0) })).digest, once.digest);
});

Deno.test("layers of the same content are one blob", async () => {
  await inDirectory(async (directory) => {
    const [layer = []] = image.layers;
    const layout = await layoutOf({ ...image, layers: [layer, layer] }, directory);
    assert.equal(new Set(layout.layers).size, 1);
  });
});

Deno.test("the digest told is the manifest's", async () => {
  await inDirectory(async (directory) => {
    const { archive, digest } = await ociArchive(image);
    await Deno.writeFile(`${directory}/image.tar`, archive);
    await Deno.mkdir(`${directory}/layout`);
    await unpack(`${directory}/image.tar`, `${directory}/layout`);
    const index = JSON.parse(await Deno.readTextFile(`${directory}/layout/index.json`));
    assert.equal(index.manifests[0].digest, digest);
  });
});

async function layoutOf(made: Image, directory: string) {
  await Deno.writeFile(`${directory}/image.tar`, (await ociArchive(made)).archive);
  await Deno.mkdir(`${directory}/layout`);
  await unpack(`${directory}/image.tar`, `${directory}/layout`);
  return readOciLayout(`${directory}/layout`);
}
