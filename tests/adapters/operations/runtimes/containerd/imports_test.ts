import assert from "node:assert/strict";
import {
  filesOfImport,
  importedDirectory,
  importsPath,
} from "../../../../../adapters/operations/runtimes/containerd/imports.ts";
import { memoryFiles } from "../../../shared/files/memory_files.ts";

const main = "/etc/containerd/config.toml";
const files = memoryFiles(
  Object.fromEntries(
    [
      "conf.d/b.toml",
      "conf.d/a.toml",
      "conf.d/.c.toml",
      "conf.d/d.conf",
      "x1/y.toml",
      "x2/y.toml",
      "x2/z.toml",
    ]
      .map((name) => [`/etc/containerd/${name}`, ""]),
  ),
);

const imports: Record<string, string[]> = {
  "/etc/containerd/conf.d/*.toml": [".c.toml", "a.toml", "b.toml"].map((name) => `conf.d/${name}`),
  "conf.d/*.toml": ["conf.d/.c.toml", "conf.d/a.toml", "conf.d/b.toml"],
  "./conf.d/../conf.d/a*": ["conf.d/a.toml"],
  "conf.d/[ab].tom*": ["conf.d/a.toml", "conf.d/b.toml"],
  "conf.d/[^ab]*": ["conf.d/.c.toml", "conf.d/d.conf"],
  "conf.d/?.*f": ["conf.d/d.conf"],
  "x*/y.toml": ["x1/y.toml", "x2/y.toml"],
  "conf.d/\\*.toml": [],
  "missing/*.toml": [],
  "missing.toml": ["missing.toml"],
  "conf.d/[ab].toml": ["conf.d/[ab].toml"],
};
for (const [entry, names] of Object.entries(imports)) {
  Deno.test(`the import ${entry} takes in ${names.length === 0 ? "nothing" : names.join(" and ")}`, async () => {
    assert.deepEqual(await filesOfImport(entry, main, files), names.map((name) => `/etc/containerd/${name}`));
  });
}

Deno.test("an import takes in files that are not there yet", () => {
  assert.ok(importsPath("conf.d/*.toml", main, "/etc/containerd/conf.d/new.toml"));
  assert.ok(!importsPath("conf.d/*.toml", main, "/etc/containerd/conf.d/new.conf"));
  assert.ok(!importsPath("conf.d/*.toml", main, "/etc/containerd/conf.d/a/b.toml"));
});

Deno.test("an import of all of a directory names it", () => {
  assert.equal(importedDirectory("/etc/containerd/conf.d/*.toml", main), "/etc/containerd/conf.d");
  assert.equal(importedDirectory("extra.toml", main), undefined);
  assert.equal(importedDirectory("*/extra.toml", main), undefined);
});
