import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointTextError } from "../../../../adapters/driver/cdi/checkpoint_text.ts";
import { formatInjections, parseInjections } from "../../../../adapters/driver/cdi/injections_text.ts";
import type { PreparedClaim } from "../../../../core/claims/claim.ts";
import { containerPath } from "../../../../core/values/container_path.ts";
import { pageSize } from "../../../../core/values/page_size.ts";
import { memoryResource } from "../../../../core/values/resource_name.ts";
import { allocation, preparedClaim } from "../../claims.ts";
import { checkpointIn, inDirectory, startIn } from "./_stores.ts";

const metadata = (request: string) => ({
  containerPath:
    `/var/run/kubernetes.io/dra-device-attributes/resourceclaims/c/${request}/dra.memory-metadata.json`,
  text: `{"request": "${request}"}\n`,
});
const claim: PreparedClaim = {
  ...preparedClaim(
    "a1",
    allocation("pages", "hugepages-2m", 0, "64Mi"),
    allocation("ram", "memory", 0, "1Gi"),
  ),
  container: "app",
  injections: [
    {
      request: "pages",
      mounts: [{
        pageSize: pageSize(2n << 20n),
        path: containerPath("/dev/hugepages-2Mi"),
        bytes: 96n << 20n,
      }],
      environment: ["HUGETLBFS_PATH_2MI=/dev/hugepages-2Mi"],
      metadata: metadata("pages"),
    },
    { request: "ram", mounts: [], environment: [], metadata: metadata("ram") },
  ],
};

/** What the specification of a claim in a directory changes of a container, by device. */
async function editsIn(directory: string): Promise<Record<string, { env: string[]; mounts?: unknown }>> {
  const { devices } = JSON.parse(await Deno.readTextFile(join(directory, "dra.memory-claim_a1.json")));
  return Object.fromEntries(
    devices.map((each: { name: string; containerEdits: unknown }) => [each.name, each.containerEdits]),
  );
}

const metadataIn = (directory: string) =>
  [...Deno.readDirSync(join(directory, "dra.memory-metadata"))].map(({ name }) => name).sort();

Deno.test("a request's device mounts its hugetlbfs with the limits of the claim, and its metadata read-only", async () => {
  await inDirectory(async (directory) => {
    await checkpointIn(directory).save(claim);
    const { a1_pages: pages, a1_ram: ram } = await editsIn(directory);
    const bindOf = (request: string) => ({
      hostPath: join(directory, "dra.memory-metadata", `a1_${request}.json`),
      containerPath: metadata(request).containerPath,
      type: "bind",
      options: ["ro", "bind"],
    });
    assert.deepEqual(pages?.mounts, [
      {
        hostPath: "hugetlbfs",
        containerPath: "/dev/hugepages-2Mi",
        type: "hugetlbfs",
        options: ["nosuid", "nodev", "pagesize=2M", "size=100663296", "mode=1777"],
      },
      bindOf("pages"),
    ]);
    assert.ok(pages.env.includes("HUGETLBFS_PATH_2MI=/dev/hugepages-2Mi"));
    assert.deepEqual(ram?.mounts, [bindOf("ram")]);
    assert.equal(await Deno.readTextFile(bindOf("ram").hostPath), metadata("ram").text);
  });
});

Deno.test("a claim that an older driver prepared changes nothing but the environment", async () => {
  await inDirectory(async (directory) => {
    await checkpointIn(directory).save(preparedClaim("a1", allocation("pages", "hugepages-2m", 0, "64Mi")));
    assert.deepEqual(Object.keys((await editsIn(directory)).a1 ?? {}), ["env"]);
    assert.deepEqual(namesIn(directory), ["dra.memory-claim_a1.json"]);
  });
});

const namesIn = (directory: string) => [...Deno.readDirSync(directory)].map(({ name }) => name);

Deno.test("what a claim gives its container is there after a restart, and its files go with it", async () => {
  await inDirectory(async (directory) => {
    await checkpointIn(directory).save(claim);
    const ordinaryHugepages = [{ pageSize: pageSize(2n << 20n), bytes: 0n }];
    const limits = {
      max: "claim",
      highPercent: 90,
      lowPercent: 80,
      minPercent: 70,
      swap: "forbidden",
    } as const;
    const terms = [{ request: "ram", policy: "weightedInterleave", limits }] as const;
    const limitedByPod = [memoryResource];
    const more = {
      withoutMounts: "why",
      ordinaryHugepages,
      countedByKubelet: true,
      limitedByPod,
      terms,
    } as const;
    const withoutMounts = { ...claim, ...more, reference: { ...claim.reference, uid: uidB } };
    await checkpointIn(directory).save(withoutMounts);
    assert.deepEqual((await startIn(directory)).claims, [claim, withoutMounts]);
    assert.deepEqual(metadataIn(directory).length, 4);
    await checkpointIn(directory).remove(claim.reference.uid, claim);
    assert.deepEqual(metadataIn(directory), ["b2_pages.json", "b2_ram.json"]);
    await checkpointIn(directory).remove(uidB, undefined);
    assert.deepEqual(metadataIn(directory), []);
  });
});

const { reference: { uid: uidB } } = preparedClaim("b2");

Deno.test("metadata that somebody removed or changed is put right at the start, and that of no claim removed", async () => {
  await inDirectory(async (directory) => {
    await checkpointIn(directory).save(claim);
    const path = (name: string) => join(directory, "dra.memory-metadata", name);
    await Deno.remove(path("a1_ram.json"));
    await Deno.writeTextFile(path("a1_pages.json"), "{");
    await Deno.writeTextFile(path("c3_pages.json"), "{");
    await Deno.writeTextFile(path("a1_ram.json.tmp"), "{");
    await startIn(directory);
    assert.deepEqual(metadataIn(directory), ["a1_pages.json", "a1_ram.json"]);
    assert.equal(await Deno.readTextFile(path("a1_pages.json")), metadata("pages").text);
  });
});

Deno.test("metadata that somebody removed is written again when its claim is asked for", async () => {
  await inDirectory(async (directory) => {
    await checkpointIn(directory).save(claim);
    const { store } = await startIn(directory);
    await Deno.remove(join(directory, "dra.memory-metadata"), { recursive: true });
    await store.restoreAll();
    assert.deepEqual(metadataIn(directory), ["a1_pages.json", "a1_ram.json"]);
  });
});

Deno.test("metadata that cannot be written keeps the claim from being prepared, and nothing is left", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(join(directory, "dra.memory-metadata"), "in the way");
    await assert.rejects(checkpointIn(directory).save(claim), { name: "ClaimCheckpointError" });
    assert.deepEqual(namesIn(directory), ["dra.memory-metadata"]);
  });
});

Deno.test("injections are read as they were written, and nothing else is", () => {
  const { injections } = claim;
  assert.deepEqual(parseInjections(formatInjections(claim)), { injections });
  for (
    const text of ["", '{"injections":[{}]}', formatInjections(claim).replace("/dev/huge", "../huge")]
  ) {
    assert.throws(() => parseInjections(text), CheckpointTextError, text);
  }
});
