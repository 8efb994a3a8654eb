import assert from "node:assert/strict";
import { PodBaseFiles } from "../../../../adapters/driver/cgroup/pod_base_files.ts";
import type { BaseLimits } from "../../../../core/ports/pod_bases.ts";
import { podUid } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { withFiles } from "../sysfs/support.ts";

const first = podUid("5d1e4b8a-0000-4000-8000-000000000001"),
  second = podUid("0123456789abcdef0123456789abcdef");
const small: BaseLimits = new Map([[parsePageSize("2m"), { usage: 0n, reservation: "max" }]]);
const large: BaseLimits = new Map([[parsePageSize("1g"), { usage: 1n << 62n, reservation: 1n << 30n }]]);

function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
}

/** The files of a directory, and what is told of errors. */
function filesIn(directory: string): { files: PodBaseFiles; errors: string[] } {
  const errors: string[] = [];
  return { files: new PodBaseFiles(directory, (message) => void errors.push(message)), errors };
}

Deno.test("what one instance keeps the next one loads, from a directory that is made if need be", () =>
  withFiles({}, async (parent) => {
    const directory = `${parent}/plugins/dra.memory/pod-limits`, { files, errors } = filesIn(directory);
    files.keep(first, small);
    files.keep(second, small);
    files.keep(second, large);
    assert.deepEqual(await filesIn(directory).files.load(), new Map([[first, small], [second, large]]));
    assert.deepEqual([names(directory).length, errors], [2, []]);
  }));

Deno.test("the pods of other instances stay when one keeps its own", () =>
  withFiles({}, async (directory) => {
    filesIn(directory).files.keep(first, small);
    filesIn(directory).files.keep(second, large);
    assert.equal((await filesIn(directory).files.load()).size, 2);
  }));

Deno.test("of a pod that is gone nothing is left, also of a write that was cut short", () =>
  withFiles({ [`${first}.json.tmp`]: "{" }, async (directory) => {
    const { files, errors } = filesIn(directory);
    files.keep(second, large);
    files.forget(first);
    files.forget(second);
    assert.deepEqual([names(directory), errors, await files.load()], [[], [], new Map()]);
  }));

Deno.test("without a directory nothing was kept", () =>
  withFiles({}, async (directory) => {
    const { files, errors } = filesIn(`${directory}/none`);
    assert.deepEqual([await files.load(), errors], [new Map(), []]);
  }));

for (
  const text of [
    "",
    "[]x",
    '{"2m":{"usage":"-1","reservation":"0"}}',
    '{"2x":{"usage":"0","reservation":"0"}}',
  ]
) {
  Deno.test(`a file with ${JSON.stringify(text)} costs its own pod alone, which is told`, () =>
    withFiles({ [`${first}.json`]: text }, async (directory) => {
      const { files, errors } = filesIn(directory);
      files.keep(second, large);
      assert.deepEqual([await files.load(), errors.length], [new Map([[second, large]]), 1]);
      assert.match(errors.join(), /^Cannot read .*0001\.json: /);
    }));
}

Deno.test("that nothing can be kept is told and stops nobody", () =>
  withFiles({ "file": "" }, (directory) => {
    const { files, errors } = filesIn(`${directory}/file`);
    files.keep(first, small);
    assert.match(errors.join(), /^Cannot write .*0001\.json/);
    assert.equal(errors.length, 1);
    return Promise.resolve();
  }));

Deno.test("a uid that leads elsewhere names no file", () =>
  withFiles({}, async (parent) => {
    const { files, errors } = filesIn(`${parent}/kept`);
    files.keep(podUid("../escaped"), small);
    files.forget(podUid("../escaped"));
    assert.deepEqual([names(parent), (await files.load()).size], [[], 0]);
    assert.match(errors.join(), /"\.\.\/escaped"/);
  }));
