import assert from "node:assert/strict";
import { type Image, ociArchive } from "../../tasks/image/oci_archive.ts";
import { inDirectory } from "../adapters/shared/files/directory.ts";
import { requirePeer } from "./go.ts";
import { importArchive, importerProgram } from "./oci/importer.ts";

const binary = await requirePeer(importerProgram);
const content = (text: string) => new TextEncoder().encode(text);
const image: Image = {
  name: "docker.io/library/tool:1.2.3",
  architecture: "arm64",
  layers: [
    [{ path: "etc/base", type: "file", content: content("below") }],
    [{ path: "usr/bin/tool", type: "file", content: content("tool"), mode: 0o755 }],
  ],
  entrypoint: ["/usr/bin/tool"],
  command: [],
  environment: ["PATH=/usr/bin"],
  labels: { "org.opencontainers.image.title": "tool" },
  created: new Date("2026-01-02T03:04:05Z"),
};

Deno.test("containerd imports an archive under its full name, and every document keeps to its schema", async () => {
  await inDirectory(async (directory) => {
    const { archive, digest } = await ociArchive(image);
    await Deno.writeFile(`${directory}/image.tar`, archive);
    assert.deepEqual(await importArchive(binary, `${directory}/image.tar`), [{
      name: "docker.io/library/tool:1.2.3",
      digest,
      architecture: "arm64",
      user: "0:0",
      entrypoint: ["/usr/bin/tool"],
      layers: 2,
    }]);
  });
});

Deno.test("containerd refuses an archive in which one byte of a layer is another", async () => {
  await inDirectory(async (directory) => {
    const { archive } = await ociArchive(image);
    const gzip = archive.findIndex((byte, at) => byte === 0x1f && archive[at + 1] === 0x8b);
    await Deno.writeFile(`${directory}/image.tar`, archive.with(gzip + 20, 0xff));
    await assert.rejects(importArchive(binary, `${directory}/image.tar`), /layer: blob .* not found/);
  });
});
