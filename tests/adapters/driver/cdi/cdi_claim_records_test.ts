import assert from "node:assert/strict";
import { CdiClaimRecords } from "../../../../adapters/driver/cdi/cdi_claim_records.ts";
import { SoleInstance } from "../../../../adapters/driver/cdi/instances.ts";
import { decodeEnvironment } from "../../../../core/claims/environment.ts";
import { environmentsOf } from "../../../../core/claims/shares.ts";
import { claimUid } from "../../../../core/values/ids.ts";
import { ClaimRecordError } from "../../../../core/ports/claim_records.ts";
import { allocation, preparedClaim } from "../../claims.ts";

const bootId = "this boot";
const uid = "0b1f2a8e-5c1d-4f6a-9c59-1d2e3f4a5b6c";
const hugepages = preparedClaim(uid, allocation("main", "hugepages-2m", 1, "64Mi"));
const twoRequests = preparedClaim(
  "b2",
  allocation("first", "memory", 0, "1Gi"),
  allocation("second", "memory", 1, "1Gi"),
  allocation("second", "hugepages-1g", 1, "2Gi"),
);

Deno.test("what was saved is loaded again, whole", async () => {
  await inDirectory(async (directory) => {
    const records = recordsIn(directory);
    await records.refresh();
    for (const claim of [hugepages, twoRequests]) await records.save(claim);

    const { added, damaged } = await recordsIn(directory).refresh();

    assert.deepEqual(added, [hugepages, twoRequests]);
    assert.deepEqual(damaged, []);
  });
});

Deno.test("a claim's file is named after its kind and uid, and is all that is left in the directory", async () => {
  await inDirectory(async (directory) => {
    await recordsIn(directory).save(hugepages);
    assert.deepEqual(namesIn(directory), [`dra.memory-claim_${uid}.json`]);
  });
});

Deno.test("each request is a device of its own, whose variables are the request's alone", async () => {
  await inDirectory(async (directory) => {
    const records = recordsIn(directory);
    await records.save(twoRequests);
    const spec = JSON.parse(await Deno.readTextFile(`${directory}/dra.memory-claim_b2.json`));

    for (const environment of environmentsOf(twoRequests)) {
      const id = records.deviceId(twoRequests, environment.request ?? "");
      const device = spec.devices.find(({ name }: { name: string }) => `${spec.kind}=${name}` === id);
      assert.deepEqual(decodeEnvironment(device.containerEdits.env), [environment]);
    }
  });
});

Deno.test("the only request of a claim is the device of the claim's own name", () => {
  const records = recordsIn("/nowhere");
  assert.equal(records.deviceId(hugepages, "main"), `dra.memory/claim=${uid}`);
});

Deno.test("a removed claim is gone, and removing it again is no error", async () => {
  await inDirectory(async (directory) => {
    const records = recordsIn(directory);
    await records.save(hugepages);
    await records.remove(hugepages.reference.uid);
    await records.remove(hugepages.reference.uid);
    assert.deepEqual(namesIn(directory), []);
  });
});

Deno.test("left-over temporary files go, and files of others stay", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/dra.memory-claim_x.json.tmp`, "{");
    await Deno.writeTextFile(`${directory}/vendor-gpu_x.json`, "{");
    assert.deepEqual(await recordsIn(directory).refresh(), { added: [], removed: [], damaged: [] });
    assert.deepEqual(namesIn(directory), ["vendor-gpu_x.json"]);
  });
});

const damages = {
  "no JSON": "{",
  "no record": `{"kind":"dra.memory/claim"}`,
  "an unknown version": record({ version: 2 }),
  "an unknown field": record({ extra: true }),
  "zero bytes": record({ allocations: [{ ...json(hugepages).allocations[0], bytes: "0" }] }),
  "another claim's record": record({ reference: { ...hugepages.reference, uid: "other" } }),
  "a uid that is a path": record({ reference: { ...hugepages.reference, uid: "../x" } }),
};

for (const [damage, text] of Object.entries(damages)) {
  Deno.test(`a file with ${damage} is set aside and does not stop the others`, async () => {
    await inDirectory(async (directory) => {
      await recordsIn(directory).save(twoRequests);
      await Deno.writeTextFile(`${directory}/dra.memory-claim_a1.json`, text);

      const { added, damaged } = await recordsIn(directory).refresh();

      assert.deepEqual(added, [twoRequests]);
      assert.equal(damaged.length, 1);
      assert.deepEqual(namesIn(directory), ["dra.memory-claim_a1.json.damaged", "dra.memory-claim_b2.json"]);
    });
  });
}

Deno.test("a directory that cannot be written is an error that names it", async () => {
  const records = recordsIn("/proc/nowhere");
  await assert.rejects(records.save(hugepages), ClaimRecordError);
  await assert.rejects(records.refresh(), /\/proc\/nowhere|CDI directory/);
});

Deno.test("a failed save leaves nothing behind that a runtime would read", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/dra.memory-claim_${uid}.json`);
    await assert.rejects(recordsIn(directory).save(hugepages), ClaimRecordError);
    const { added } = await recordsIn(directory).refresh();
    assert.deepEqual(added, []);
  });
});

Deno.test("what an earlier boot left is removed: nothing that it promised is held any more", async () => {
  await inDirectory(async (directory) => {
    await new CdiClaimRecords({ directory, bootId: "last boot", instances: new SoleInstance() }).save(
      hugepages,
    );
    assert.deepEqual(await recordsIn(directory).refresh(), { added: [], removed: [], damaged: [] });
    assert.deepEqual(namesIn(directory), []);
  });
});

/** The only instance of a driver. */
function recordsIn(directory: string): CdiClaimRecords {
  return new CdiClaimRecords({ directory, bootId, instances: new SoleInstance() });
}

function json(claim: typeof hugepages) {
  return { ...claim, allocations: claim.allocations.map((part) => ({ ...part, bytes: `${part.bytes}` })) };
}

/** The file of claim a1 with a change in its record. */
function record(change: Record<string, unknown>): string {
  const claim = {
    version: 1,
    ...json(hugepages),
    reference: { ...hugepages.reference, uid: claimUid("a1") },
  };
  return JSON.stringify({ annotations: { "dra.memory/record": JSON.stringify({ ...claim, ...change }) } });
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
