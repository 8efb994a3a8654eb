import assert from "node:assert/strict";
import { readKubeletReservation } from "../../../../adapters/operations/host/kubelet_reservation.ts";
import { ReservedMemoryError } from "../../../../core/devices/reservation.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";

const usual = "/var/lib/kubelet/config.yaml";

/** What a kubelet with a file and flags keeps: node, resource, kind and amount. */
async function kept(text: string | undefined, ...flags: string[]) {
  const files = memoryFiles(text === undefined ? {} : { [usual]: text });
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

Deno.test("a kubelet that is not to be seen is told as such, and so are amounts that are none", async () => {
  await assert.rejects(kept(undefined), /^ConfigFileError: Cannot tell what the kubelet reserves/);
  await assert.rejects(
    kept("reservedMemory: [{numaNode: 0, limits: {memory: much}}]\n"),
    ReservedMemoryError,
  );
});
