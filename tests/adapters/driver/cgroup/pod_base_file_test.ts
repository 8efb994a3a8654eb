import assert from "node:assert/strict";
import { PodBaseFile } from "../../../../adapters/driver/cgroup/pod_base_file.ts";
import type { BaseLimits } from "../../../../core/ports/pod_bases.ts";
import type { HugetlbLimits } from "../../../../core/ports/pod_cgroup.ts";
import { type PodUid, podUid } from "../../../../core/values/ids.ts";
import { type PageSize, parsePageSize } from "../../../../core/values/page_size.ts";
import { withFiles } from "../sysfs/support.ts";

const bases: BaseLimits = new Map<PodUid, ReadonlyMap<PageSize, HugetlbLimits>>([
  [podUid("a"), new Map([[parsePageSize("2m"), { usage: 0n, reservation: "max" }]])],
  [podUid("../b"), new Map([[parsePageSize("1g"), { usage: 1n << 62n, reservation: 1n << 30n }]])],
]);

Deno.test("what one instance keeps the next one loads, in a directory that is made if need be", () =>
  withFiles({}, async (directory) => {
    const errors: string[] = [], path = `${directory}/plugins/dra.memory/pod-limits.json`;
    const onError = (message: string) => void errors.push(message);
    await new PodBaseFile(path, onError).save(bases);
    assert.deepEqual(await new PodBaseFile(path, onError).load(), bases);
    assert.deepEqual([...Deno.readDirSync(`${directory}/plugins/dra.memory`)].map(({ name }) => name), [
      "pod-limits.json",
    ]);
    assert.deepEqual(errors, []);
  }));

Deno.test("without a file nothing was kept", () =>
  withFiles({}, async (directory) => {
    const file = new PodBaseFile(`${directory}/none.json`, (message) => assert.fail(message));
    assert.deepEqual(await file.load(), new Map());
  }));

for (
  const text of [
    "",
    "{}",
    '{"pods":{"a":{"2m":{"usage":"-1","reservation":"0"}}}}',
    '{"pods":{"a":{"2x":{}}}}',
  ]
) {
  Deno.test(`of ${JSON.stringify(text)} nothing is taken, which is told`, () =>
    withFiles({ "file.json": text }, async (directory) => {
      const errors: string[] = [];
      const loaded = await new PodBaseFile(`${directory}/file.json`, (message) => void errors.push(message))
        .load();
      assert.deepEqual([loaded, errors.length], [new Map(), 1]);
    }));
}

Deno.test("that nothing can be kept is told and stops nobody", () =>
  withFiles({ "file": "" }, async (directory) => {
    const errors: string[] = [];
    await new PodBaseFile(`${directory}/file/below.json`, (message) => void errors.push(message)).save(bases);
    assert.match(errors.join(), /^Cannot write .*below\.json/);
  }));
