import assert from "node:assert/strict";
import { CdiCheckpoint } from "../../../../adapters/driver/cdi/cdi_checkpoint.ts";
import { checkpointedClaims } from "../../../../adapters/operations/claims/checkpointed_claims.ts";
import { SoleInstance } from "../../../../adapters/driver/cdi/instances.ts";
import { allocationOf, MiB, preparedClaim } from "../../../core/samples.ts";

const claim = preparedClaim(1, [allocationOf("hugepages-2m-numa0", 16n * MiB)]);

async function withRecord(bootId: string, test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await new CdiCheckpoint({ directory, bootId, instances: new SoleInstance() }).save(claim);
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

Deno.test("what the driver recorded in this boot is found, beside files of others", async () => {
  await withRecord("boot-1", async (directory) => {
    await Deno.writeTextFile(`${directory}/vendor.json`, "{}");
    assert.deepEqual(await checkpointedClaims(directory, "boot-1"), { claims: [claim], damaged: [] });
  });
});

Deno.test("claims of another boot are none, and stay where they are", async () => {
  await withRecord("boot-1", async (directory) => {
    assert.deepEqual(await checkpointedClaims(directory, "boot-2"), { claims: [], damaged: [] });
    assert.equal(names(directory).length, 1);
  });
});

Deno.test("a damaged record is told of, and is not set aside", async () => {
  await withRecord("boot-1", async (directory) => {
    const [name] = names(directory);
    await Deno.writeTextFile(`${directory}/${name}`, "{}");
    const { claims, damaged } = await checkpointedClaims(directory, "boot-1");
    assert.deepEqual(claims, []);
    assert.match(damaged.join("\n"), new RegExp(`${name}: Cannot read`));
    assert.deepEqual(names(directory), [name]);
  });
});

Deno.test("no directory means no claims, a file in its place an error", async () => {
  await withRecord("boot-1", async (directory) => {
    assert.deepEqual(await checkpointedClaims(`${directory}/none`, "boot-1"), { claims: [], damaged: [] });
    await assert.rejects(checkpointedClaims(`${directory}/${names(directory)[0]}`, "boot-1"));
  });
});
