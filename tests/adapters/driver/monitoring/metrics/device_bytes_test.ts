import assert from "node:assert/strict";
import { allocationOf, deviceOf, GiB, MiB, preparedClaim, uidOf } from "../../../../core/samples.ts";
import { newMetrics } from "./metrics.ts";
import { parseExposition } from "./_parse.ts";

Deno.test("capacity and prepared bytes are told exactly, by resource and NUMA node", () => {
  const { store, inventory, metrics } = newMetrics();
  const odd = 2n ** 60n + 1n;
  inventory.replace([deviceOf("memory-numa0", odd), deviceOf("hugepages-2m-numa33", 4n * MiB)]);
  store.add(
    preparedClaim(1, [
      allocationOf("memory-numa0", GiB),
      allocationOf("hugepages-2m-numa33", 2n * MiB, "huge"),
    ]),
  );
  store.add(preparedClaim(2, [allocationOf("memory-numa0", MiB)]));
  assert.deepEqual(read(metrics.render()), {
    capacity: { "memory/0": `${odd}`, "hugepages-2m/33": `${4n * MiB}` },
    prepared: { "memory/0": `${GiB + MiB}`, "hugepages-2m/33": `${2n * MiB}` },
    claims: "2",
  });
});

Deno.test("a device that went away stays, without capacity, for as long as claims hold some of it", () => {
  const { store, inventory, metrics } = newMetrics();
  inventory.replace([deviceOf("memory-numa0", GiB), deviceOf("memory-numa1", GiB)]);
  store.add(preparedClaim(1, [allocationOf("memory-numa1", MiB)]));
  metrics.render();

  inventory.replace([]);
  assert.deepEqual(read(metrics.render()), {
    capacity: { "memory/1": "0" },
    prepared: { "memory/1": `${MiB}` },
    claims: "1",
  });

  store.remove(uidOf(1));
  assert.deepEqual(read(metrics.render()), { capacity: {}, prepared: {}, claims: "0" });
});

function read(text: string) {
  const metrics = parseExposition(text);
  const byDevice = (name: string) =>
    Object.fromEntries(
      (metrics.get(name)?.samples ?? []).map((
        { labels: { resource, numa_node }, value },
      ) => [`${resource}/${numa_node}`, value]),
    );
  return {
    capacity: byDevice("dramemory_capacity_bytes"),
    prepared: byDevice("dramemory_prepared_bytes"),
    claims: metrics.get("dramemory_prepared_claims")?.samples[0]?.value,
  };
}
