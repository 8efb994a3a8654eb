import assert from "node:assert/strict";
import {
  builtInFile,
  configVersionOf,
} from "../../../../../adapters/operations/runtimes/containerd/built_in.ts";
import { RuntimeConfigError } from "../../../../../core/operations/runtimes/configuration.ts";
import {
  parseRuntimeVersion,
  type RuntimeVersion,
} from "../../../../../core/operations/runtimes/runtime_version.ts";

for (const [text, expected] of Object.entries({ "1.7": 2, "2.0": 3, "2.2": 3, "2.3": 4, "2.10": 4 })) {
  Deno.test(`containerd ${text} writes a configuration of version ${expected}`, () => {
    assert.equal(configVersionOf(version(text)), expected);
    assert.equal(builtInFile(version(text)), `version = ${expected}\n`);
  });
}

for (const text of ["1.6", "0.9", "3.0"]) {
  Deno.test(`which configuration containerd ${text} has is not known`, () => {
    assert.throws(() => configVersionOf(version(text)), RuntimeConfigError);
  });
}

function version(text: string): RuntimeVersion {
  const parsed = parseRuntimeVersion(text);
  assert.ok(parsed);
  return parsed;
}
