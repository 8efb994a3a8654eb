import assert from "node:assert/strict";
import { EventList } from "../../../core/fakes/event_list.ts";
import { MemoryBases } from "../../../core/fakes/memory_bases.ts";
import { Backoff } from "../../../../adapters/shared/async/backoff.ts";
import { CdiCheckpoint } from "../../../../adapters/driver/cdi/cdi_checkpoint.ts";
import { SoleInstance } from "../../../../adapters/driver/cdi/instances.ts";
import { HugetlbCgroups } from "../../../../adapters/driver/cgroup/hugetlb_cgroups.ts";
import { CgroupTree } from "../../../../adapters/simulator/runtime/cgroup_tree.ts";
import { SimulatedRuntime } from "../../../../adapters/simulator/runtime/simulated_runtime.ts";
import { NriPlugin } from "../../../../adapters/driver/nri/nri_plugin.ts";
import { runtimeSocket } from "../../../../adapters/driver/nri/runtime_link.ts";
import type { PodReference, PreparedClaim } from "../../../../core/claims/claim.ts";
import { CgroupLimits } from "../../../../core/claims/cgroup_limits.ts";
import { ClaimOwners } from "../../../../core/claims/claim_owners.ts";
import { ClaimStore } from "../../../../core/claims/claim_store.ts";
import { Containers } from "../../../../core/claims/containers.ts";
import { podUid } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { AdjustContainers } from "../../../../core/use_cases/adjust_containers.ts";
import { TendLimits } from "../../../../core/use_cases/tend_limits.ts";
import { allocation, preparedClaim } from "../../claims.ts";

const claim = preparedClaim(
  "c1",
  allocation("main", "hugepages-2m", 1, "64Mi"),
  allocation("main", "memory", 0, "1Gi"),
);
const second = preparedClaim("c2", allocation("main", "hugepages-2m", 2, "32Mi"));
const podA: PodReference = claim.pod;
const podB: PodReference = { namespace: "team", name: "pod-b", uid: podUid("uid-of-pod-b") };

Deno.test("a container gets the nodes and hugepages of all its claims, and its pod may use them", async () => {
  await withPlugin([claim, second], async ({ runtime, cgroups, ids }) => {
    const pod = await runtime.runPod(podA);
    const { cgroup } = await runtime.createContainer(pod, { name: "app", cdiDevices: ids });

    assert.equal(await cgroups.read(cgroup, "cpuset.mems"), "0-2");
    assert.equal(await cgroups.read(cgroup, "hugetlb.2MB.max"), `${96 << 20}`);
    assert.equal(await cgroups.read(cgroup, "hugetlb.1GB.max"), "0");
    const podCgroup = pod.linux?.cgroupParent ?? "";
    assert.equal(await cgroups.read(podCgroup, "hugetlb.2MB.max"), `${96 << 20}`);
    assert.equal(await cgroups.read(podCgroup, "hugetlb.2MB.rsvd.max"), `${96 << 20}`);
  });
});

Deno.test("a container without claims is left as it is", async () => {
  await withPlugin([], async ({ runtime, cgroups }) => {
    const pod = await runtime.runPod(podA);
    const { cgroup } = await runtime.createContainer(pod, { name: "app", environment: ["PATH=/bin"] });
    assert.equal(await cgroups.read(cgroup, "cpuset.mems"), "");
  });
});

Deno.test("a claim is refused to a second container, and the first may be restarted", async () => {
  await withPlugin([claim], async ({ runtime, ids }) => {
    const pod = await runtime.runPod(podA);
    const { id } = await runtime.createContainer(pod, { name: "app", cdiDevices: ids });
    const attempt = runtime.createContainer(pod, { name: "sidecar", cdiDevices: ids });
    await assert.rejects(attempt, /owned by container app/);
    await runtime.removeContainer(id);
    await runtime.createContainer(pod, { name: "app", cdiDevices: ids });
  });
});

Deno.test("a claim is refused to the container of another pod", async () => {
  await withPlugin([claim], async ({ runtime, ids }) => {
    const attempt = runtime.createContainer(await runtime.runPod(podB), { name: "app", cdiDevices: ids });
    await assert.rejects(attempt, /prepared for pod pod-a/);
  });
});

Deno.test("environment variables that no claim put there are refused, each for its own reason", async () => {
  const forged = {
    "not prepared": ["DRAMEMORY_cX_NUMANodes=0", "DRAMEMORY_cX_memory=numanode:0,size:1Gi"],
    "something else": ["DRAMEMORY_c2_NUMANodes=2", "DRAMEMORY_c2_hugepages-2m=numanode:2,size:64Mi"],
    "Cannot read environment variable": [
      "DRAMEMORY_c2_NUMANodes=2",
      "DRAMEMORY_c2_hugepages-2m=numanode:1,size:64Mi",
    ],
  };
  await withPlugin([second], async ({ runtime, events }) => {
    const pod = await runtime.runPod(podA);
    for (const [reason, environment] of Object.entries(forged)) {
      await assert.rejects(runtime.createContainer(pod, { name: "app", environment }), new RegExp(reason));
    }
    const reasons = events.list.flatMap((event) => event.kind === "container-refused" ? [event.reason] : []);
    assert.deepEqual(reasons, ["not-prepared", "contradicts-checkpoint", "malformed-environment"]);
  });
});

Deno.test("containers that started without the plugin are put right when it connects", async () => {
  await inRuntime([claim], async ({ runtime, cgroups, ids, connect }) => {
    const pod = await runtime.runPod(podA);
    const { cgroup } = await runtime.createContainer(pod, { name: "app", cdiDevices: ids });
    assert.equal(await cgroups.read(cgroup, "cpuset.mems"), "");

    await connect(async (tending) => {
      assert.equal(await cgroups.read(cgroup, "cpuset.mems"), "0-1");
      await tending.run(); // The runtime's update leaves them as they were.
      assert.equal(await cgroups.read(cgroup, "hugetlb.2MB.max"), `${64 << 20}`);
      await assert.rejects(
        runtime.createContainer(pod, { name: "other", cdiDevices: ids }),
        /owned by container app/,
      );
    });
  });
});

Deno.test("a pod's limits go back to what the kubelet set when its container is removed", async () => {
  await withPlugin([second], async ({ runtime, cgroups, ids }) => {
    const pod = await runtime.runPod(podA);
    const podCgroup = pod.linux?.cgroupParent ?? "";
    const { id } = await runtime.createContainer(pod, { name: "app", cdiDevices: ids });
    assert.equal(await cgroups.read(podCgroup, "hugetlb.2MB.max"), `${32 << 20}`);
    await runtime.removeContainer(id);
    assert.equal(await cgroups.read(podCgroup, "hugetlb.2MB.max"), "0");
    assert.equal(await cgroups.read(podCgroup, "hugetlb.2MB.rsvd.max"), "0");
  });
});

interface Setting {
  readonly runtime: SimulatedRuntime;
  readonly cgroups: CgroupTree;
  readonly events: EventList;
  /** The CDI device of each claim. */
  readonly ids: string[];
  /** Runs a plugin for as long as the callback runs. */
  readonly connect: (connected: (tending: TendLimits) => Promise<void>) => Promise<void>;
}

function withPlugin(claims: PreparedClaim[], test: (setting: Setting) => Promise<void>): Promise<void> {
  return inRuntime(claims, (setting) => setting.connect(() => test(setting)));
}

/** A runtime with the claims in its CDI directory and in the store of any plugin that connects. */
async function inRuntime(claims: PreparedClaim[], test: (setting: Setting) => Promise<void>): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const cgroups = new CgroupTree(`${directory}/cgroup`, ["2m", "1g"].map(parsePageSize));
  const checkpoint = () =>
    new CdiCheckpoint({ directory: `${directory}/cdi`, bootId: "boot", instances: new SoleInstance() });
  const socketPath = `${directory}/nri.sock`;
  const runtime = new SimulatedRuntime({ socketPath, cdiDirectory: `${directory}/cdi`, cgroups });
  const events = new EventList();
  for (const prepared of claims) await checkpoint().save(prepared);
  await runtime.start();
  try {
    const ids = claims.map((prepared) => checkpoint().deviceId(prepared, "main"));
    await test({
      runtime,
      cgroups,
      events,
      ids,
      connect: async (connected) => {
        const store = new ClaimStore(checkpoint(), events);
        await store.recover();
        const containers = new Containers(store), podCgroups = new HugetlbCgroups(`${directory}/cgroup`);
        const limits = new CgroupLimits({
          store,
          containers,
          podCgroups,
          podBases: new MemoryBases(),
          events,
        });
        const adjusting = new AdjustContainers({
          store,
          owners: new ClaimOwners(store),
          containers,
          limits,
          events,
        });
        const options = {
          link: runtimeSocket(socketPath),
          name: "dramemory",
          index: "90",
          failClosed: false,
        };
        const plugin = new NriPlugin(options, adjusting, events, new Backoff(1, 10, () => 0.5));
        plugin.start();
        try {
          await runtime.pluginConnected();
          await connected(new TendLimits({ containers, limits, podCgroups, events }));
        } finally {
          await plugin.stop();
        }
      },
    });
  } finally {
    await runtime.stop();
    await Deno.remove(directory, { recursive: true });
  }
}
