import assert from "node:assert/strict";
import {
  isAtLeast,
  parseRuntimeVersion,
  type RuntimeVersion,
} from "../../../../core/operations/runtimes/runtime_version.ts";

const outputs: Record<string, string> = {
  "containerd github.com/containerd/containerd v1.7.24 88bf19b2": "1.7.24",
  "containerd github.com/containerd/containerd 1.7.12 ": "1.7.12",
  "containerd github.com/containerd/containerd/v2 2.2.9+unknown \n": "2.2.9+unknown",
  "containerd github.com/containerd/containerd/v2 v2.3.0-rc.1 abc": "2.3.0-rc.1",
  "containerd containerd.io 1.7.25 bcc810d6": "1.7.25",
  "crio version 1.34.2\nVersion:        1.34.2\n": "1.34.2",
  "v2.1": "2.1",
  "2.1": "2.1",
};
for (const [output, text] of Object.entries(outputs)) {
  Deno.test(`the version in ${JSON.stringify(output)} is ${text}`, () => {
    const [major, minor, patch] = text.split(".").map((part) => Number.parseInt(part));
    assert.deepEqual(parseRuntimeVersion(output), { major, minor, patch, text });
  });
}

for (const output of ["", "containerd", "containerd github.com/containerd/containerd/v2 devel", "2"]) {
  Deno.test(`there is no version in ${JSON.stringify(output)}`, () => {
    assert.equal(parseRuntimeVersion(output), undefined);
  });
}

Deno.test("a version that lists the modules of its build says which NRI that has", () => {
  const listed = (module: string) =>
    version(
      `Version:  1.34.0\nDependencies:\n  github.com/containerd/fifo v1.1.0 h1:a=\n  ${module} h1:b=\n`,
    );
  assert.deepEqual(listed("github.com/containerd/nri v0.9.1-0.20250219030224-e597e7849f24").nri, [0, 9]);
  assert.deepEqual(listed("github.com/containerd/nri v0.12.5").nri, [0, 12]);
  assert.equal(listed("github.com/containerd/nri-plugins v0.12.5").nri, undefined);
});

Deno.test("a version is as new as another one by its numbers", () => {
  assert.ok(isAtLeast(version("2.10"), 2, 2));
  assert.ok(isAtLeast(version("3.0"), 2, 2));
  assert.ok(!isAtLeast(version("1.34"), 2, 2));
});

function version(text: string): RuntimeVersion {
  const parsed = parseRuntimeVersion(text);
  assert.ok(parsed);
  return parsed;
}
