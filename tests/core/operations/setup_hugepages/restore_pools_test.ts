import assert from "node:assert/strict";
import { restorePools } from "../../../../core/operations/setup_hugepages/restore_pools.ts";
import { allocationOf, MiB, preparedClaim } from "../../samples.ts";
import { promisesOf } from "./_claimed.ts";
import { MemoryPools, planOf } from "./memory_pools.ts";

for (
  const [what, former, now, claimed, expected] of [
    ["smaller than before grows again, also where claims need more", 4n, 2n, 6n, 4n],
    ["larger than before shrinks again where claims need less", 4n, 8n, 2n, 4n],
    ["larger than before keeps what claims need", 4n, 8n, 6n, 6n],
    ["larger than before, and still too small for claims, stays", 4n, 8n, 9n, 8n],
  ] as const
) {
  Deno.test(`a pool that became ${what}`, async () => {
    const pools = new MemoryPools({ "2m-0": { persistent: now, used: 0n } });
    const claims = [preparedClaim(1, [allocationOf("hugepages-2m-numa0", claimed * 2n * MiB)])];
    const [restored] = await restorePools([planOf("2m-0", former, now)], pools, await promisesOf(claims));
    assert.deepEqual([restored?.now, restored?.needed], [expected, claimed]);
  });
}
