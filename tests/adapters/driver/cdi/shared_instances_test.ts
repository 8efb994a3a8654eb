import assert from "node:assert/strict";
import { CdiClaimRecords } from "../../../../adapters/driver/cdi/cdi_claim_records.ts";
import { SharedInstances } from "../../../../adapters/driver/cdi/shared_instances.ts";
import { allocation, preparedClaim } from "../../claims.ts";

const first = preparedClaim("a1", allocation("main", "memory", 0, "1Gi"));
const second = preparedClaim("b2", allocation("main", "memory", 1, "1Gi"));
const unchanged = { added: [], removed: [], damaged: [] };

Deno.test("an instance is told what the other one recorded and removed, and not what it did itself", async () => {
  await withInstances(async (old, young) => {
    await old.refresh();
    await young.refresh();

    await old.exclusively(() => old.save(first));
    await young.exclusively(() => young.save(second));

    assert.deepEqual((await young.refresh()).added, [first]);
    assert.deepEqual((await old.refresh()).added, [second]);
    await young.exclusively(() => young.remove(first.reference.uid));
    assert.deepEqual((await old.refresh()).removed, [first.reference.uid]);
    assert.deepEqual(await old.refresh(), unchanged);
    assert.deepEqual(await young.refresh(), unchanged);
  });
});

Deno.test("an instance's own changes are none to it", async () => {
  await withInstances(async (old) => {
    await old.refresh();
    await old.exclusively(() => old.save(first));
    assert.deepEqual(await old.refresh(), unchanged);
  });
});

Deno.test("exclusive tasks of two instances never overlap", async () => {
  await withInstances(async (old, young) => {
    let active = 0;
    const task = async () => {
      assert.equal(++active, 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      active--;
    };
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? old : young).exclusively(task)),
    );
  });
});

Deno.test("a failed task lets go of the lock", async () => {
  await withInstances(async (old, young) => {
    await assert.rejects(old.exclusively(() => Promise.reject(new Error("failed"))), /failed/);
    assert.equal(await young.exclusively(() => Promise.resolve("free")), "free");
  });
});

async function withInstances(
  test: (old: CdiClaimRecords, young: CdiClaimRecords) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const instance = () =>
    new CdiClaimRecords({
      directory,
      bootId: "boot",
      instances: new SharedInstances(`${directory}/serialize.lock`),
    });
  try {
    await test(instance(), instance());
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
