import fc from "fast-check";
import assert from "node:assert/strict";
import { CdiCheckpoint } from "../../../../adapters/driver/cdi/cdi_checkpoint.ts";
import { SharedInstances } from "../../../../adapters/driver/cdi/shared_instances.ts";
import { Containers } from "../../../../core/claims/containers.ts";
import { ClaimStore } from "../../../../core/claims/claim_store.ts";
import { DeviceInventory } from "../../../../core/devices/inventory.ts";
import { ClaimLifecycle } from "../../../../core/use_cases/claim_lifecycle.ts";
import { ClusterClaims } from "../../../core/fakes/cluster_claims.ts";
import { ClusterPods } from "../../../core/fakes/cluster_pods.ts";
import { EventList } from "../../../core/fakes/event_list.ts";
import {
  allocatedClaim,
  deviceOf,
  GiB,
  MiB,
  nodeName,
  referenceOf,
  resultOf,
  uidOf,
} from "../../../core/samples.ts";
import { MemoryDirectory } from "./_memory_directory.ts";

/** More of them find what is rarer: `MODEL_RUNS=20000`. */
const numRuns = Number(Deno.env.get("MODEL_RUNS") ?? 500);

/** Of these four, two fit into the node's memory. */
const claimNumbers = [1, 2, 3, 4];
const claims = claimNumbers.map((number) => allocatedClaim(number, [resultOf("memory-numa0", 400n * MiB)]));

/** What the kubelet asks of one of two instances for a claim, or a look as at the start of a container. */
const call = fc.record({
  kind: fc.constantFrom("prepare" as const, "prepare" as const, "unprepare" as const, "look" as const),
  instance: fc.constantFrom(0, 1),
});

/** For each claim the calls of the kubelet, which come one after the other; those for different claims do not. */
const calls = fc.tuple(...claimNumbers.map(() => fc.array(call, { maxLength: 5 })));

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

function instanceIn(directory: MemoryDirectory) {
  const operations = directory.process();
  const instances = new SharedInstances("/cdi/serialize.lock", operations);
  const checkpoint = new CdiCheckpoint({ directory: "/cdi", bootId: "boot", instances, operations });
  const events = new EventList(), store = new ClaimStore(checkpoint, events);
  const cluster = new ClusterClaims(...claims), inventory = new DeviceInventory(nodeName);
  inventory.replace([deviceOf("memory-numa0", GiB)]);
  const lifecycle = new ClaimLifecycle({
    claims: cluster,
    pods: new ClusterPods(() => claims),
    store,
    containers: new Containers(store),
    inventory,
    hugepages: undefined,
    events,
  });
  return { store, lifecycle };
}

Deno.test("however two instances' system calls interleave, what the kubelet was told, the files and both stores agree", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), calls, async (scheduler, ofClaims) => {
      const directory = new MemoryDirectory(() => scheduler.schedule(Promise.resolve()));
      const files = () =>
        new Map([...directory.texts(".json")].filter(([name]) => name.startsWith("dra.memory-claim_")));
      const instances = [instanceIn(directory), instanceIn(directory)];
      const kubelet = async (number: number, list: readonly Call[]) => {
        const uid = uidOf(number), requested = [referenceOf(number)];
        const name = `dra.memory-claim_${uid}.json`;
        for (const { kind, instance } of list) {
          const { store, lifecycle } = instances[instance] ?? assert.fail();
          if (kind !== "look") {
            const outcome = (await lifecycle[kind](requested)).get(uid)?.kind;
            assert.equal(files().has(name), kind === "prepare" && outcome === "prepared");
          }
          await store.sync();
          assert.equal(store.get(uid) !== undefined, files().has(name));
          assert.ok(files().size <= 2, "more was given away than there is");
        }
      };
      const all = Promise.all(ofClaims.map((list, index) => kubelet(claimNumbers[index] ?? 0, list)));
      await scheduler.waitFor(all);
      const durable = [...files().keys()].sort();
      for (const { store } of instances) {
        await scheduler.waitFor(store.sync());
        assert.deepEqual(
          [...store.claims()].map(({ reference }) => `dra.memory-claim_${reference.uid}.json`).sort(),
          durable,
        );
        assert.equal(store.usedBytes("memory-numa0"), BigInt(durable.length) * 400n * MiB);
      }
      const others = [...directory.texts(".json").keys()].filter((name) => !files().has(name));
      assert.deepEqual(
        others.length,
        durable.length,
        "each claim that is durable has its metadata, and no other",
      );
      assert.deepEqual([...directory.texts(".tmp").keys()], []);
    }),
    { numRuns },
  );
});
