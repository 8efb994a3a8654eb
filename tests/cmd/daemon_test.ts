import assert from "node:assert/strict";
import { SimulatedCluster } from "../../adapters/simulator/simulated_cluster.ts";
import { parsePageSize } from "../../core/values/page_size.ts";
import type { PodReference } from "../../core/claims/claim.ts";
import { podUid } from "../../core/values/ids.ts";
import { fixturesDirectory, rootsIn } from "../adapters/driver/sysfs/support.ts";
import { finished, startDramemory } from "./dramemory.ts";

Deno.test("the daemon registers, publishes, is ready, and leaves no socket when it is told to stop", async () => {
  await inCluster(async (cluster) => {
    const daemon = startDramemory(daemonArgs(cluster));
    try {
      await cluster.kubelet.registered("dra.memory", 30_000);
      assert.equal(await cluster.runtime.pluginConnected(), "90-dramemory");
      await publishedDevices(cluster, 6);
    } finally {
      daemon.kill("SIGTERM");
    }
    const { code, stderr } = await finished(daemon);
    assert.equal(code, 0, stderr);
    assert.deepEqual(sockets(cluster), []);
  });
});

Deno.test("a claim outlives the daemon: the next one answers for it from its checkpoint", async () => {
  await inCluster(async (cluster) => {
    const claim = { namespace: "default", name: "c", uid: await createClaim(cluster) };
    const answers = [];
    for (let run = 0; run < 2; run++) {
      const daemon = startDramemory(daemonArgs(cluster));
      try {
        await cluster.kubelet.registered("dra.memory", 30_000);
        await publishedDevices(cluster, 6);
        if (run === 0) await cluster.scheduler.schedule("default", "c", await createPod(cluster));
        answers.push((await cluster.kubelet.prepare("dra.memory", [claim])).get(claim.uid));
        if (run === 0) await cluster.client.request("DELETE", `${claims}/c`);
      } finally {
        daemon.kill("SIGTERM");
        await finished(daemon);
      }
      // So that the next one's registration is not taken for this one's, which the kubelet may not have missed yet.
      await cluster.kubelet.restart();
    }
    assert.equal(answers[0]?.kind, "prepared");
    assert.deepEqual(answers[1], answers[0]);
  });
});

const classes = "/apis/resource.k8s.io/v1/deviceclasses";
const claims = "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims";

/** Creates a claim for 64Mi of 2m pages and returns its uid. */
async function createClaim({ client }: SimulatedCluster): Promise<string> {
  await client.request("POST", classes, {
    apiVersion: "resource.k8s.io/v1",
    kind: "DeviceClass",
    metadata: { name: "pages" },
    spec: {
      selectors: [{ cel: { expression: 'device.attributes["resource.kubernetes.io"].pageSize == "2m"' } }],
    },
  });
  const exactly = { deviceClassName: "pages", capacity: { requests: { size: "64Mi" } } };
  const { metadata } = await client.request<{ metadata: { uid: string } }>("POST", claims, {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: { name: "c", namespace: "default" },
    spec: { devices: { requests: [{ name: "main", exactly }] } },
  });
  return metadata.uid;
}

/** Creates a pod whose container uses the claim. */
async function createPod({ client }: SimulatedCluster): Promise<PodReference> {
  const { metadata } = await client.request<{ metadata: { uid: string } }>(
    "POST",
    "/api/v1/namespaces/default/pods",
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "default" },
      spec: {
        containers: [{ name: "app", image: "app", resources: { claims: [{ name: "pages" }] } }],
        resourceClaims: [{ name: "pages", resourceClaimName: "c" }],
      },
    },
  );
  return { namespace: "default", name: "p", uid: podUid(metadata.uid) };
}

/** Waits until the node's slices have so many devices. */
async function publishedDevices({ client }: SimulatedCluster, count: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const slices = await client.list<{ spec: { devices: unknown[] } }>(
      "/apis/resource.k8s.io/v1/resourceslices",
    );
    if (slices.flatMap(({ spec }) => spec.devices).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`There are still no ${count} devices published`);
}

function daemonArgs({ paths }: SimulatedCluster): string[] {
  const { sysfsRoot, procfsRoot } = rootsIn(`${fixturesDirectory}/two-numa`);
  const flags = {
    kubeconfig: paths.kubeconfig,
    "hostname-override": "node-a",
    "cgroup-mount": paths.cgroupMount,
    "bind-address": "127.0.0.1:0",
    "run-dir": "",
    "kubelet-root": paths.kubeletRoot,
    "cdi-dir": paths.cdiDir,
    "nri-socket": paths.nriSocket,
    "sysfs-root": sysfsRoot,
    "procfs-root": procfsRoot,
  };
  return ["daemon", ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
}

function sockets({ paths }: SimulatedCluster): string[] {
  return ["plugins/dra.memory", "plugins_registry"].flatMap((directory) =>
    // The locks of instances stay.
    [...Deno.readDirSync(`${paths.kubeletRoot}/${directory}`)].map(({ name }) => name)
      .filter((name) => name.endsWith(".sock"))
  );
}

async function inCluster(test: (cluster: SimulatedCluster) => Promise<void>): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const cluster = new SimulatedCluster(directory, ["2m", "1g"].map(parsePageSize));
  try {
    await cluster.start("node-a");
    await test(cluster);
  } finally {
    await cluster.stop();
    await Deno.remove(directory, { recursive: true });
  }
}
