/** A device that has less than its claims hold is kept from new pods until that is over. */
import assert from "node:assert/strict";
import type { Api } from "./cluster/api.ts";
import { devicesOf } from "./cluster/devices.ts";
import { nodeShell, onNode } from "./cluster/node.ts";
import { withTemplate } from "./cluster/objects.ts";
import { clusterTest, step } from "./cluster/suite.ts";
import { waitFor } from "./cluster/wait.ts";

const bytes = 16 * 2 ** 20;
const publishSeconds = 120;

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

clusterTest("a device that shrank below what its claims hold is tainted, and no longer once it has grown", {
  needs: async (api) => nodeShell() && await devicesOf(api, "hugepages-2m", bytes),
  run: async ({ api, namespace }, [{ name: device, numaNode }]) => {
    await namespace.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode });
    await namespace.createPod(
      "holder",
      withTemplate("pages", { bytes: 2 ** 21, page: "2m" }, { stays: true }),
    );
    await namespace.running("holder");
    const tainted = (wanted: boolean) =>
      waitFor(`${device} to be ${wanted ? "" : "no longer "}tainted`, publishSeconds, async () => {
        const taints = await taintsOf(api, device);
        return taints.length > 0 === wanted ? { value: taints } : { missing: JSON.stringify(taints) };
      });
    const pool = `/sys/devices/system/node/node${numaNode}/hugepages/hugepages-2048kB/nr_hugepages`;
    const before = (await onNode(`cat ${pool}`)).trim();
    try {
      step("fewer pages than the claim holds, whose container has taken one of them");
      await onNode(`echo 2 >${pool}`);
      const [{ timeAdded, ...taint } = assert.fail("no taint")] = await tainted(true);
      assert.deepEqual(taint, { key: "dra.memory/unhealthy", value: "Shrank", effect: "NoSchedule" });
      assert.match(timeAdded ?? "", /^\d{4}-/);
      await namespace.createPod("late", withTemplate("pages", { bytes, page: "2m" }));
      await namespace.told("late", /FailedScheduling: .*cannot allocate all claims/);
    } finally {
      await onNode(`echo ${before} >${pool}`);
    }
    step("as many as before");
    await tainted(false);
    assert.equal(await namespace.ended("late"), "Succeeded");
    await namespace.running("holder");
  },
});

async function taintsOf(api: Api, device: string): Promise<readonly Taint[]> {
  const slices = await api.list<
    { spec: { driver: string; devices?: readonly { name: string; taints?: readonly Taint[] }[] } }
  >("/apis/resource.k8s.io/v1/resourceslices");
  const devices = slices.filter(({ spec }) => spec.driver === "dra.memory")
    .flatMap(({ spec }) => spec.devices ?? []);
  return devices.find(({ name }) => name === device)?.taints ?? [];
}
