import assert from "node:assert/strict";
import { CdiClaimRecords } from "../../../../adapters/driver/cdi/cdi_claim_records.ts";
import {
  type FileOperations,
  systemFileOperations,
} from "../../../../adapters/shared/files/file_operations.ts";
import { SharedInstances } from "../../../../adapters/driver/cdi/shared_instances.ts";
import type { PreparedClaim } from "../../../../core/claims/claim.ts";
import { ClaimRecordError } from "../../../../core/ports/claim_records.ts";
import { allocation, preparedClaim } from "../../claims.ts";

const first = preparedClaim("a1", allocation("main", "memory", 0, "1Gi"));
const second = preparedClaim("b2", allocation("main", "memory", 1, "1Gi"));
const many = Array.from(
  { length: 100 },
  (_, index) => preparedClaim(`m${index}`, allocation("main", "memory", 0, "1Mi")),
);

const save = (records: CdiClaimRecords, ...claims: PreparedClaim[]) =>
  Promise.all(claims.map((claim) => records.exclusively(() => records.save(claim))));
const remove = (records: CdiClaimRecords, ...claims: PreparedClaim[]) =>
  Promise.all(claims.map(({ reference: { uid } }) => records.exclusively(() => records.remove(uid))));
const uids = (claims: readonly PreparedClaim[]) => claims.map(({ reference: { uid } }) => uid).sort();

for (
  const [what, before, change, expected] of [
    ["saves", [], save, { added: [first], removed: [] }],
    ["removes", [first], remove, { added: [], removed: [first.reference.uid] }],
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
      await save(looking, ...before);
      await looking.refresh();
      const changing = change(slow, first);
      await arrived.promise;
      await looking.refresh();
      gate.resolve();
      await changing;
      assert.deepEqual(await looking.refresh(), { ...expected, damaged: [] });
    });
  });
}

Deno.test("a claim that is saved while the others' are looked at is not taken for one that was removed", async () => {
  await inDirectory(async (instance) => {
    const one = instance(), other = instance();
    await one.refresh();
    await save(other, ...many);
    const looking = one.refresh();
    await save(one, second);
    assert.deepEqual((await looking).removed, []);
    assert.deepEqual((await one.refresh()).removed, []);
    await remove(other, second);
    assert.deepEqual((await one.refresh()).removed, [second.reference.uid]);
  });
});

Deno.test("claims that another instance removes while they are looked at are just not there", async () => {
  await inDirectory(async (instance) => {
    const one = instance(), other = instance();
    await save(other, ...many);
    const [{ added }] = await Promise.all([one.refresh(), remove(other, ...many.toReversed())]);
    const { removed } = await one.refresh();
    assert.deepEqual(uids(added), [...removed].sort());
  });
});

Deno.test("who looks while a look is under way waits for what that finds", async () => {
  await inDirectory(async (instance) => {
    const one = instance(), other = instance();
    await one.refresh();
    await save(other, ...many);
    const order: string[] = [];
    await Promise.all([
      one.refresh().then(({ added }) => order.push(`first: ${added.length}`)),
      one.refresh().then(({ added }) => order.push(`second: ${added.length}`)),
    ]);
    assert.deepEqual(order, ["first: 100", "second: 0"]);
  });
});

Deno.test("what instances do after their lock's file was wiped is seen as before", async () => {
  await inDirectory(async (instance, lock) => {
    const one = instance(), other = instance();
    await save(one, first);
    await other.refresh();
    await Deno.remove(lock);
    await save(one, second);
    assert.deepEqual((await other.refresh()).added, [second]);
  });
});

Deno.test("an instance that was killed in the middle of a change keeps nobody from seeing the next one", async () => {
  await inDirectory(async (instance) => {
    const killed = instance({ ...systemFileOperations, rename: () => new Promise(() => {}) });
    void killed.save(first);
    const one = instance(), other = instance();
    await one.refresh();
    await save(other, second);
    assert.deepEqual((await one.refresh()).added, [second]);
    assert.deepEqual(await one.refresh(), { added: [], removed: [], damaged: [] });
  });
});

Deno.test("a lock that cannot be had is an error of the record", async () => {
  await inDirectory(async (instance, lock) => {
    await Deno.mkdir(lock);
    const records = instance();
    await assert.rejects(
      records.exclusively(() => Promise.resolve()),
      (error) => error instanceof ClaimRecordError && error.message.includes(lock),
    );
    await assert.rejects(records.save(first), ClaimRecordError);
  });
});

Deno.test("what a task fails with is passed on as it is", async () => {
  await inDirectory(async (instance) => {
    const mistake = new TypeError("a mistake");
    await assert.rejects(instance().exclusively(() => Promise.reject(mistake)), mistake);
  });
});

async function inDirectory(
  test: (instance: (operations?: FileOperations) => CdiClaimRecords, lock: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const lock = `${directory}/serialize.lock`;
  const instance = (operations = systemFileOperations) =>
    new CdiClaimRecords({ directory, bootId: "boot", instances: new SharedInstances(lock), operations });
  try {
    await test(instance, lock);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
