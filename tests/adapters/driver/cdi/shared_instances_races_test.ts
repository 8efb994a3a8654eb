import assert from "node:assert/strict";
import {
  type FileOperations,
  systemFileOperations,
} from "../../../../adapters/shared/files/file_operations.ts";
import { type SharedFile, SharedInstances } from "../../../../adapters/driver/cdi/shared_instances.ts";
import { CheckpointBusyError, ClaimCheckpointError } from "../../../../core/ports/claim_checkpoint.ts";
import { allocation, preparedClaim } from "../../claims.ts";
import {
  inDirectory as inTemporaryDirectory,
  known,
  prepareAll,
  releaseAll,
  sharingInstance,
  type StoreInstance,
} from "./_stores.ts";

const first = preparedClaim("a1", allocation("main", "memory", 0, "1Gi"));
const second = preparedClaim("b2", allocation("main", "memory", 1, "1Gi"));
const many = Array.from(
  { length: 100 },
  (_, index) => preparedClaim(`m${index}`, allocation("main", "memory", 0, "1Mi")),
);

for (
  const [what, before, change, expected] of [
    ["prepares", [], prepareAll, [first]],
    ["releases", [first], releaseAll, []],
  ] as const
) {
  Deno.test(`who looks while another instance ${what} a claim sees it at the latest with the next look`, async () => {
    await inDirectory(async (instance) => {
      const gate = Promise.withResolvers<void>(), arrived = Promise.withResolvers<void>();
      const wait = async () => {
        arrived.resolve();
        await gate.promise;
      };
      const slow = instance({
        ...systemFileOperations,
        rename: async (from, to) => (await wait(), await systemFileOperations.rename(from, to)),
        remove: async (path) => (await wait(), await systemFileOperations.remove(path)),
      });
      const looking = instance();
      await prepareAll(looking, ...before);
      await known(looking);
      const changing = change(slow, first);
      await arrived.promise;
      await known(looking);
      gate.resolve();
      await changing;
      assert.deepEqual(await known(looking), expected);
    });
  });
}

Deno.test("a claim that is prepared while the others' are looked at is not taken for one that was released", async () => {
  await inDirectory(async (instance) => {
    const one = instance(), other = instance();
    await known(one);
    await prepareAll(other, ...many);
    const looking = known(one);
    await prepareAll(one, second);
    await looking;
    assert.ok((await known(one)).includes(second));
    await releaseAll(other, second);
    assert.equal((await known(one)).length, 100);
  });
});

Deno.test("a claim of another instance that is released while it is looked at does not come back", async () => {
  await inDirectory(async (instance) => {
    const gate = Promise.withResolvers<void>(), arrived = Promise.withResolvers<void>();
    const one = instance({
      ...systemFileOperations,
      read: async (path) => {
        const text = await systemFileOperations.read(path);
        if (!path.endsWith(".json")) return text;
        arrived.resolve();
        await gate.promise;
        return text;
      },
    });
    await prepareAll(instance(), first);
    const looking = one.store.sync();
    await arrived.promise;
    await releaseAll(one, first);
    gate.resolve();
    await looking;
    assert.deepEqual([...one.store.claims()], []);
    assert.equal(one.store.usedBytes("memory-numa0"), 0n);
    assert.deepEqual(await known(one), []);
  });
});

Deno.test("claims that another instance releases while they are looked at are just not there", async () => {
  await inDirectory(async (instance) => {
    const one = instance(), other = instance();
    await prepareAll(other, ...many);
    await Promise.all([known(one), releaseAll(other, ...many.toReversed())]);
    assert.deepEqual(await known(one), []);
  });
});

Deno.test("who looks while a look is under way waits for what that finds", async () => {
  await inDirectory(async (instance) => {
    const one = instance(), other = instance();
    await known(one);
    await prepareAll(other, ...many);
    const seen = await Promise.all([known(one), known(one)]);
    assert.deepEqual(seen.map(({ length }) => length), [100, 100]);
  });
});

Deno.test("what instances do after their lock's file was wiped is seen as before", async () => {
  await inDirectory(async (instance, lock) => {
    const one = instance(), other = instance();
    await prepareAll(one, first);
    await known(other);
    await Deno.remove(lock);
    await prepareAll(one, second);
    assert.deepEqual(await known(other), [first, second]);
  });
});

Deno.test("an instance that was killed in the middle of a change keeps nobody from seeing the next one", async () => {
  await inDirectory(async (instance) => {
    const killed = instance({ ...systemFileOperations, rename: () => new Promise(() => {}) });
    void killed.checkpoint.save(first);
    const one = instance(), other = instance();
    await known(one);
    await prepareAll(other, second);
    assert.deepEqual(await known(one), [second]);
    assert.deepEqual(await known(one), [second]);
  });
});

Deno.test("a lock that cannot be had is an error of the checkpoint", async () => {
  await inDirectory(async (instance, lock) => {
    await Deno.mkdir(lock);
    const { checkpoint } = instance();
    await assert.rejects(
      checkpoint.exclusively(() => Promise.resolve()),
      (error) => error instanceof ClaimCheckpointError && error.message.includes(lock),
    );
    await assert.rejects(checkpoint.save(first), ClaimCheckpointError);
  });
});

Deno.test("a lock that is held is waited for as long as is said, also where each attempt takes long", async () => {
  let attempts = 0;
  const busy: SharedFile = {
    makeDirectory: () => Promise.resolve(),
    read: () => Promise.resolve(""),
    write: () => Promise.resolve(),
    tryLock: async () => {
      attempts++;
      await new Promise((resolve) => setTimeout(resolve, 60));
      return undefined;
    },
  };
  const instances = new SharedInstances("/busy.lock", busy, 100);
  await assert.rejects(instances.exclusively(() => Promise.resolve()), CheckpointBusyError);
  // After two of 60 milliseconds it is over; by the pauses between them alone there would be 21.
  assert.ok(attempts <= 3, `${attempts}`);
});

Deno.test("what a task fails with is passed on as it is", async () => {
  await inDirectory(async (instance) => {
    const mistake = new TypeError("a mistake");
    await assert.rejects(instance().checkpoint.exclusively(() => Promise.reject(mistake)), mistake);
  });
});

async function inDirectory(
  test: (instance: (operations?: FileOperations) => StoreInstance, lock: string) => Promise<void>,
): Promise<void> {
  await inTemporaryDirectory((directory) =>
    test((operations) => sharingInstance(directory, operations), `${directory}/serialize.lock`)
  );
}
