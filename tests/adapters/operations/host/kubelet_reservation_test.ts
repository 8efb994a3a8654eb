import assert from "node:assert/strict";
import { readKubeletReservation } from "../../../../adapters/operations/host/kubelet_reservation.ts";
import { ReservedMemoryError } from "../../../../core/devices/reservation.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";

const usual = "/var/lib/kubelet/config.yaml";

/** What a kubelet with a file and flags keeps: node, resource, kind and amount. */
function kept(text: string | undefined, ...flags: string[]) {
  return keptBy(text === undefined ? {} : { [usual]: text }, ...flags);
}

async function keptBy(texts: Readonly<Record<string, string>>, ...flags: string[]) {
  const files = memoryFiles(texts);
  const commandLine = flags.length === 0 ? undefined : ["kubelet", ...flags];
  const rules = await readKubeletReservation({ file: undefined, commandLine }, files);
  return rules.map(({ numaNode, resource, amount }) => [
    numaNode,
    resource,
    amount.kind,
    amount.kind === "percent" ? Number(amount.hundredths) / 100 : Number(amount.bytes) / 2 ** 20,
  ]);
}

const list = `reservedMemory:
  - { numaNode: 0, limits: { memory: 1Gi, hugepages-2Mi: 64Mi } }
  - { numaNode: 1, limits: { memory: 2Gi } }
`;

Deno.test("what a kubelet keeps by node is taken as it is", async () => {
  assert.deepEqual(await kept(list), [
    [0, "memory", "bytes", 1024],
    [0, "hugepages-2m", "bytes", 64],
    [1, "memory", "bytes", 2048],
  ]);
});

Deno.test("flags stand above the file, all of them together", async () => {
  assert.deepEqual(await kept(list, "--reserved-memory=0:memory=3Gi", "--reserved-memory", "1:memory=4Gi"), [
    [0, "memory", "bytes", 3072],
    [1, "memory", "bytes", 4096],
  ]);
});

Deno.test("what it keeps of the whole machine is spread, with what it keeps free by itself", async () => {
  assert.deepEqual(await kept("kubeReserved: {memory: 1Gi}\nsystemReserved: {memory: 500Mi, cpu: 1}\n"), [
    ["every", "memory", "spread", 1024 + 500 + 100],
  ]);
  assert.deepEqual(await kept("evictionHard: {memory.available: 5%}\nkubeReserved: {memory: 1Gi}\n"), [
    ["every", "memory", "spread", 1024],
    ["every", "memory", "percent", 5],
  ]);
  assert.deepEqual(await kept("evictionHard: {nodefs.available: 5%}\n"), []);
  assert.deepEqual(
    await kept(
      "kubeReserved: {memory: 1Gi}\n",
      "--kube-reserved=cpu=1,memory=2Gi",
      "--kube-reserved=pid=100",
      "--eviction-hard=memory.available<1Gi",
    ),
    [["every", "memory", "spread", 3072]],
  );
});

Deno.test("evictionHard takes back what is kept free by itself, unless it is a drop-in's or merging is on in the file", async () => {
  const nodefs = "evictionHard: {nodefs.available: 5%}\n", merge = "mergeDefaultEvictionSettings: true\n";
  const reserved = "kubeReserved: {memory: 1Gi}\n", path = "/etc/kubelet.d/10.conf";
  const by = async (file: string, dropIn: string) => {
    const flags = [`--config=${usual}`, "--config-dir=/etc/kubelet.d"];
    return (await keptBy({ [usual]: reserved + file, [path]: dropIn }, ...flags))[0]?.[3];
  };
  assert.equal(await by("", nodefs), 1024 + 100);
  assert.equal(await by("", "evictionHard: {memory.available: 200Mi}\n"), 1024 + 200);
  assert.equal(await by(nodefs, ""), 1024);
  assert.equal(await by("evictionHard:\n", ""), 1024 + 100);
  assert.equal(await by(nodefs + merge, ""), 1024 + 100);
  assert.equal(await by(nodefs, merge), 1024);
  const flagged = await keptBy(
    { [usual]: reserved },
    `--config=${usual}`,
    "--eviction-hard=nodefs.available<5%",
  );
  assert.equal(flagged[0]?.[3], 1024);
});

for (const off of ["0%", "100%"]) {
  Deno.test(`an eviction at ${off} is none to the kubelet, and keeps nothing`, async () => {
    assert.deepEqual(await kept(`evictionHard: {memory.available: ${off}}\n`), []);
  });
}

Deno.test("a kubelet that is not to be seen is told as such, and so are amounts that are none", async () => {
  await assert.rejects(kept(undefined), /^ConfigFileError: Cannot tell what the kubelet reserves/);
  await assert.rejects(
    kept("reservedMemory: [{numaNode: 0, limits: {memory: much}}]\n"),
    ReservedMemoryError,
  );
});
