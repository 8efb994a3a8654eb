import assert from "node:assert/strict";
import { allocation, preparedClaim } from "../../claims.ts";
import {
  inDirectory,
  known,
  prepareAll,
  releaseAll,
  sharingInstance,
  type StoreInstance,
} from "./_stores.ts";

const first = preparedClaim("a1", allocation("main", "memory", 0, "1Gi"));
const second = preparedClaim("b2", allocation("main", "memory", 1, "1Gi"));

Deno.test("an instance knows what the other one prepared and released after its next look", async () => {
  await withInstances(async (former, young) => {
    await prepareAll(former, first);
    await prepareAll(young, second);
    assert.deepEqual(await known(former), [first, second]);
    assert.deepEqual(await known(young), [first, second]);
    await releaseAll(young, first);
    assert.deepEqual(await known(former), [second]);
  });
});

Deno.test("an instance's own changes are none to it: there is nothing to be looked at", async () => {
  await withInstances(async ({ store, checkpoint }) => {
    await prepareAll({ store }, first);
    await store.sync();
    await prepareAll({ store }, second);
    const look = { versionOf: () => undefined, mend: false };
    assert.equal(await checkpoint.look(look), undefined);
  });
});

Deno.test("a claim that was released and prepared anew elsewhere, between two looks, is the new one", async () => {
  await withInstances(async (former, young) => {
    await prepareAll(former, first);
    assert.deepEqual(await known(young), [first]);
    const anew = { ...first, pod: { ...first.pod, name: "pod-b" } };
    await releaseAll(young, first);
    await prepareAll(young, anew);
    assert.deepEqual(await known(former), [anew]);
  });
});

Deno.test("exclusive tasks of two instances never overlap", async () => {
  await withInstances(async (former, young) => {
    let active = 0;
    const task = async () => {
      assert.equal(++active, 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      active--;
    };
    await Promise.all(
      Array.from(
        { length: 10 },
        (_, index) => (index % 2 === 0 ? former : young).checkpoint.exclusively(task),
      ),
    );
  });
});

Deno.test("a failed task lets go of the lock", async () => {
  await withInstances(async ({ checkpoint: former }, { checkpoint: young }) => {
    await assert.rejects(former.exclusively(() => Promise.reject(new Error("failed"))), /failed/);
    assert.equal(await young.exclusively(() => Promise.resolve("free")), "free");
  });
});

async function withInstances(
  test: (former: StoreInstance, young: StoreInstance) => Promise<void>,
): Promise<void> {
  await inDirectory((directory) => test(sharingInstance(directory), sharingInstance(directory)));
}
