import assert from "node:assert/strict";
import { decodeEnvironment } from "../../../../core/claims/environment.ts";
import { environmentsOf } from "../../../../core/claims/shares.ts";
import { claimUid } from "../../../../core/values/ids.ts";
import { ClaimCheckpointError } from "../../../../core/ports/claim_checkpoint.ts";
import { allocation, preparedClaim } from "../../claims.ts";
import { systemFileOperations } from "../../../../adapters/shared/files/file_operations.ts";
import { checkpointIn, inDirectory, known, prepareAll, startIn } from "./_stores.ts";

const uid = "0b1f2a8e-5c1d-4f6a-9c59-1d2e3f4a5b6c";
const hugepages = preparedClaim(uid, allocation("main", "hugepages-2m", 1, "64Mi"));
const twoRequests = preparedClaim(
  "b2",
  allocation("first", "memory", 0, "1Gi"),
  allocation("second", "memory", 1, "1Gi"),
  allocation("second", "hugepages-1g", 1, "2Gi"),
);

Deno.test("what was saved is there after a restart, whole", async () => {
  await inDirectory(async (directory) => {
    const named = { ...twoRequests, container: "app" };
    for (const claim of [hugepages, named]) await checkpointIn(directory).save(claim);

    const { claims, damaged } = await startIn(directory);

    assert.deepEqual(claims, [hugepages, named]);
    assert.deepEqual(damaged, []);
  });
});

Deno.test("a claim's file is named after its kind and uid, and is all that is left in the directory", async () => {
  await inDirectory(async (directory) => {
    await checkpointIn(directory).save(hugepages);
    assert.deepEqual(namesIn(directory), [`dra.memory-claim_${uid}.json`]);
  });
});

Deno.test("each request is a device of its own, whose variables are the request's alone", async () => {
  await inDirectory(async (directory) => {
    const checkpoint = checkpointIn(directory);
    await checkpoint.save(twoRequests);
    const spec = JSON.parse(await Deno.readTextFile(`${directory}/dra.memory-claim_b2.json`));

    for (const environment of environmentsOf(twoRequests)) {
      const id = checkpoint.deviceId(twoRequests, environment.request ?? "");
      const device = spec.devices.find(({ name }: { name: string }) => `${spec.kind}=${name}` === id);
      assert.deepEqual(decodeEnvironment(device.containerEdits.env), [environment]);
    }
  });
});

Deno.test("the only request of a claim is the device of the claim's own name", () => {
  const checkpoint = checkpointIn("/nowhere");
  assert.equal(checkpoint.deviceId(hugepages, "main"), `dra.memory/claim=${uid}`);
});

Deno.test("a removed claim is gone, and removing it again is no error", async () => {
  await inDirectory(async (directory) => {
    const checkpoint = checkpointIn(directory);
    await checkpoint.save(hugepages);
    await checkpoint.remove(hugepages.reference.uid, hugepages);
    await checkpoint.remove(hugepages.reference.uid, hugepages);
    assert.deepEqual(namesIn(directory), []);
  });
});

Deno.test("left-over temporary files go, and files of others stay", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/dra.memory-claim_x.json.tmp`, "{");
    await Deno.writeTextFile(`${directory}/vendor-gpu_x.json`, "{");
    assert.deepEqual((await startIn(directory)).claims, []);
    assert.deepEqual(namesIn(directory), ["vendor-gpu_x.json"]);
  });
});

const damages = {
  "no JSON": "{",
  "no checkpoint": `{"kind":"dra.memory/claim"}`,
  "an unknown version": checkpointOf({ version: 2 }),
  "an unknown field": checkpointOf({ extra: true }),
  "zero bytes": checkpointOf({ allocations: [{ ...json(hugepages).allocations[0], bytes: "0" }] }),
  "another claim's checkpoint": checkpointOf({ reference: { ...hugepages.reference, uid: "other" } }),
  "a uid that is a path": checkpointOf({ reference: { ...hugepages.reference, uid: "../x" } }),
};

for (const [damage, text] of Object.entries(damages)) {
  Deno.test(`a file with ${damage} is set aside and does not stop the others`, async () => {
    await inDirectory(async (directory) => {
      await checkpointIn(directory).save(twoRequests);
      await Deno.writeTextFile(`${directory}/dra.memory-claim_a1.json`, text);

      const { claims, damaged } = await startIn(directory);

      assert.deepEqual(claims, [twoRequests]);
      assert.equal(damaged.length, 1);
      assert.deepEqual(namesIn(directory), ["dra.memory-claim_a1.json.damaged", "dra.memory-claim_b2.json"]);
    });
  });
}

Deno.test("a directory that cannot be written is an error that names it", async () => {
  await assert.rejects(checkpointIn("/proc/nowhere").save(hugepages), ClaimCheckpointError);
  await assert.rejects(startIn("/proc/nowhere"), /in \/proc\/nowhere: .* --cdi-dir/);
});

Deno.test("a failed save leaves nothing behind that a runtime would read", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/dra.memory-claim_${uid}.json`);
    await assert.rejects(checkpointIn(directory).save(hugepages), ClaimCheckpointError);
    assert.deepEqual((await startIn(directory)).claims, []);
    assert.deepEqual(namesIn(directory), []);
  });
});

Deno.test("what an earlier boot left is removed: nothing that it promised is held any more", async () => {
  await inDirectory(async (directory) => {
    await checkpointIn(directory, systemFileOperations, "last boot").save(hugepages);
    assert.deepEqual((await startIn(directory)).claims, []);
    assert.deepEqual(namesIn(directory), []);
  });
});

Deno.test("a directory that was removed is made again", async () => {
  await inDirectory(async (directory) => {
    const cdi = `${directory}/cdi`;
    const instance = await startIn(cdi);
    await Deno.remove(cdi, { recursive: true });
    await prepareAll(instance, hugepages);
    assert.deepEqual(namesIn(cdi), [`dra.memory-claim_${uid}.json`]);
  });
});

Deno.test("a claim's file that was removed is written again when the claim is asked for, and when all are looked at", async () => {
  await inDirectory(async (directory) => {
    const { store, events } = await startIn(directory);
    await prepareAll({ store }, hugepages, twoRequests);
    const whole = namesIn(directory);
    for (const restore of [() => store.find(hugepages.reference.uid), () => store.restoreAll()]) {
      for (const name of namesIn(directory)) await Deno.remove(`${directory}/${name}`);
      await restore();
      assert.ok(namesIn(directory).includes(`dra.memory-claim_${uid}.json`));
    }
    assert.deepEqual(namesIn(directory), whole);
    assert.deepEqual(await known({ store }), [hugepages, twoRequests]);
    assert.deepEqual([...new Set(events.kinds())], ["checkpoint-restored"]);
    assert.equal(events.list.length, 3);
  });
});

/** What somebody left in the place of a claim's file. */
const replacements: Record<string, (path: string) => Promise<void>> = {
  "a part of it": (path) => Deno.truncate(path, 10),
  "nothing in it": (path) => Deno.truncate(path),
  "another text": (path) => Deno.writeTextFile(path, "{}"),
  "a link to nowhere": async (path) => {
    await Deno.remove(path);
    await Deno.symlink("/nowhere", path);
  },
};
for (const [replacement, replace] of Object.entries(replacements)) {
  Deno.test(`a claim's file that became ${replacement} is written again when the claim is asked for`, async () => {
    await inDirectory(async (directory) => {
      const { store, events } = await startIn(directory);
      await prepareAll({ store }, hugepages);
      const path = `${directory}/dra.memory-claim_${uid}.json`, whole = await Deno.readTextFile(path);
      await replace(path);
      assert.deepEqual(await store.find(hugepages.reference.uid), hugepages);
      assert.equal(await Deno.readTextFile(path), whole);
      assert.ok(events.kinds().includes("checkpoint-restored"));
    });
  });
}

/** What goes wrong, at which file, and what the driver says of it. */
const unreadable = {
  "that may not be read": {
    operations: { read: () => Promise.reject(new Deno.errors.PermissionDenied("denied (os error 13)")) },
    said: /denied.*set aside as/,
  },
  "that cannot be set aside": {
    operations: { rename: () => Promise.reject(new Deno.errors.IsADirectory("taken (os error 21)")) },
    said: /cannot be set aside as .*: taken.*remove it by hand/,
  },
  "in a directory where nothing can be changed": {
    operations: {
      rename: () => Promise.reject(new Deno.errors.NotSupported("read-only (os error 30)")),
      remove: () => Promise.reject(new Deno.errors.NotSupported("read-only (os error 30)")),
    },
    said: /cannot be set aside as .*: read-only/,
  },
};

for (const [what, { operations, said }] of Object.entries(unreadable)) {
  Deno.test(`a damaged file ${what} costs its own claim, is told of once, and stops nothing else`, async () => {
    await inDirectory(async (directory) => {
      await checkpointIn(directory).save(twoRequests);
      const bad = `${directory}/dra.memory-claim_a1.json`;
      await Deno.writeTextFile(bad, "{");
      await Deno.writeTextFile(`${directory}/dra.memory-claim_x.json.tmp`, "{");
      const { state, read } = systemFileOperations;
      const faulty = {
        ...systemFileOperations,
        ...operations,
        read: (path: string) => path === bad && "read" in operations ? operations.read() : read(path),
        state,
      };
      const { store, claims, damaged, events } = await startIn(directory, faulty);
      assert.deepEqual(claims, [twoRequests]);
      assert.match(damaged.join(), said);
      await store.recover();
      assert.deepEqual(events.kinds(), ["checkpoint-damaged", "claims-recovered"]);
    });
  });
}

Deno.test("a full disk keeps no temporary file", async () => {
  await inDirectory(async (directory) => {
    for (const failing of ["write", "sync"]) {
      const full = {
        ...systemFileOperations,
        create: async (path: string) => {
          const file = await systemFileOperations.create(path);
          const fail = () => Promise.reject(new Error("No space left on device (os error 28)"));
          return {
            write: failing === "write" ? fail : (bytes: Uint8Array) => file.write(bytes),
            sync: fail,
            close: () => file.close(),
          };
        },
      };
      await assert.rejects(checkpointIn(directory, full).save(hugepages), /os error 28/);
      assert.deepEqual(namesIn(directory), []);
    }
  });
});

Deno.test("a claim's file that may not be durable does not stay when its saving failed", async () => {
  await inDirectory(async (directory) => {
    const syncDirectory = () => Promise.reject(new Error("Input/output error (os error 5)"));
    await assert.rejects(
      checkpointIn(directory, { ...systemFileOperations, syncDirectory }).save(hugepages),
      /os error 5/,
    );
    assert.deepEqual(namesIn(directory), []);
  });
});

function json(claim: typeof hugepages) {
  return { ...claim, allocations: claim.allocations.map((part) => ({ ...part, bytes: `${part.bytes}` })) };
}

/** The file of claim a1 with a change in its checkpoint. */
function checkpointOf(change: Record<string, unknown>): string {
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
