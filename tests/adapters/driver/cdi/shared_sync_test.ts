import assert from "node:assert/strict";
import {
  type FileOperations,
  systemFileOperations,
} from "../../../../adapters/shared/files/file_operations.ts";
import { withSharedSync } from "../../../../adapters/driver/cdi/shared_sync.ts";

/** Operations whose synchronizations end when they are told to. */
function operations() {
  const underWay: PromiseWithResolvers<void>[] = [];
  const shared: FileOperations = withSharedSync({
    ...systemFileOperations,
    syncDirectory() {
      const sync = Promise.withResolvers<void>();
      underWay.push(sync);
      return sync.promise;
    },
  });
  return { shared, underWay };
}

Deno.test("who asks while a directory is being synchronized waits for one that starts after the question", async () => {
  const { shared, underWay } = operations();
  const answers: string[] = [];
  const first = shared.syncDirectory("/a").then(() => void answers.push("first"));
  const later = [2, 3, 4].map((n) => shared.syncDirectory("/a").then(() => void answers.push(`${n}`)));
  assert.equal(underWay.length, 1);
  underWay[0]?.resolve();
  await first;
  assert.deepEqual(answers, ["first"]);
  assert.equal(underWay.length, 2);
  underWay[1]?.resolve();
  await Promise.all(later);
  assert.equal(underWay.length, 2);
});

Deno.test("a failure is told to those who waited for it, and the next synchronization is one of its own", async () => {
  const { shared, underWay } = operations();
  const first = shared.syncDirectory("/a"), second = shared.syncDirectory("/a");
  underWay[0]?.reject(new Error("disk"));
  await assert.rejects(first, /disk/);
  underWay[1]?.resolve();
  await second;
  const third = shared.syncDirectory("/a");
  assert.equal(underWay.length, 3);
  underWay[2]?.resolve();
  await third;
});

Deno.test("different directories do not wait for each other", () => {
  const { shared, underWay } = operations();
  for (const path of ["/a", "/b"]) shared.syncDirectory(path);
  assert.equal(underWay.length, 2);
  for (const sync of underWay) sync.resolve();
});
