import assert from "node:assert/strict";
import { join } from "node:path";
import * as v from "valibot";
import { SimulatedKubelet } from "../../adapters/simulator/kubelet/simulated_kubelet.ts";
import { fixturesDirectory, rootsIn } from "../adapters/driver/sysfs/support.ts";
import { objectsIn } from "../deploy/manifests.ts";
import { finished, startDramemory } from "../cmd/dramemory.ts";
import { eventually } from "./bounded.ts";
import { requirePeer } from "./go.ts";
import { Allocator, allocatorProgram, RefusedError } from "./allocator/allocator.ts";
import { createClaim } from "./allocator/publish.ts";
import { inject, injectorProgram } from "./cdi/injector.ts";
import { type ApiServer, startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";
import { driverToken } from "./kube_apiserver/driver_token.ts";
import type { KubeClient } from "./kube_apiserver/kube_client.ts";
import { createObject } from "./kube_apiserver/manifests.ts";
import { nriProgram } from "./nri/binaries.ts";
import { NriRuntime } from "./nri/runtime.ts";

const etcd = await requirePeer(etcdProgram);
const apiServer = await requirePeer(apiServerProgram);
const allocatorBinary = await requirePeer(allocatorProgram);
const injector = await requirePeer(injectorProgram);
const runtimeBinary = await requirePeer(nriProgram("0.12.5"));

const node = "node-a";
const group = "/apis/resource.k8s.io/v1";
const manifests = new URL("../../deploy/manifests/", import.meta.url);

Deno.test("the driver serves a pod between the real API server, allocator, CDI library and runtime", async () => {
  const server = await startApiServer({ apiServer, etcd });
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await using runtime = NriRuntime.start(runtimeBinary);
    await runtime.listen({ socket: join(directory, "nri.sock") });
    await serve(server, directory, runtime);
  } finally {
    await server.stop();
    await Deno.remove(directory, { recursive: true });
  }
});

async function serve(server: ApiServer, directory: string, runtime: NriRuntime): Promise<void> {
  const { client } = server;
  for (const object of await objectsIn(manifests)) await createObject(client, object);
  await client.send("POST", "/api/v1/nodes", { kind: "Node", metadata: { name: node } });
  // As in the driver's own pod, so that the shipped rights must be enough and the shipped policy must let it.
  const kubeconfig = await server.writeKubeconfig("driver.kubeconfig", await driverToken(server, node));
  const kubelet = new SimulatedKubelet({ root: directory });
  await kubelet.start();
  const driver = startDramemory(daemonArguments(directory, kubeconfig));
  try {
    await kubelet.registered("dra.memory", 30_000);
    await runtime.event("synchronized");
    await eventually("the slices to be published", 30_000, async () => await devices(server) === 6);

    const pod = await createPodWithClaim(server);
    await using allocator = Allocator.start(allocatorBinary, server.kubeconfig);
    const [claim] = await allocator.allocate({ node, namespace: "default", claims: ["claim"], pod });
    assert.ok(claim);
    const claims = [claim.metadata];
    const outcome = (await kubelet.prepare("dra.memory", claims)).get(claim.metadata.uid);
    assert.ok(outcome?.kind === "prepared", JSON.stringify(outcome));

    const ids = outcome.devices.flatMap(({ cdiDeviceIds }) => cdiDeviceIds);
    const env = await inject(injector, join(directory, "cdi"), [...new Set(ids)]);
    await runtime.runPod({ id: "sandbox", namespace: "default", ...pod });
    const placement = await runtime.createContainer({ id: "app", podSandboxId: "sandbox", name: "app", env });
    assert.deepEqual(placement, { mems: "1", hugepages: { "2MB": 256n << 20n } });
    await eventually("the claim's status to tell where it was placed", 30_000, async () => {
      const messages = await reported(client, "claim");
      return messages.includes("container app: cpuset.mems 1, 256Mi of hugetlb 2MB");
    });

    await runtime.stopContainer("app");
    await runtime.removeContainer("app");
    const unprepared = (await kubelet.unprepare("dra.memory", claims)).get(claim.metadata.uid);
    assert.deepEqual(unprepared, { kind: "unprepared" });
    await allocator.release("default", "claim");
    await createClaim(client, "too-much", { requests: [pages("too-much", "2050Mi")] });
    await assert.rejects(
      allocator.allocate({ node, namespace: "default", claims: ["too-much"] }),
      RefusedError,
    );
  } finally {
    await kubelet.stop();
    await end(driver);
  }
}

/** What the conditions of a claim's devices say. */
async function reported(client: KubeClient, name: string): Promise<string[]> {
  const claim = await client.send("GET", `${group}/namespaces/default/resourceclaims/${name}`);
  const { status } = v.parse(withDevices, claim);
  return status.devices.flatMap(({ conditions }) => conditions.map(({ message }) => message));
}

const withDevices = v.object({
  status: v.object({
    devices: v.optional(
      v.array(v.object({ conditions: v.array(v.object({ message: v.string() })) })),
      [],
    ),
  }),
});

/** Tells the driver to stop. Throws what it logged when it did not end well, or had ended before. */
async function end(driver: Deno.ChildProcess): Promise<void> {
  try {
    driver.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
  const { code, stderr } = await finished(driver);
  assert.equal(code, 0, stderr);
}

const onNode1 = { cel: { expression: `device.attributes["resource.kubernetes.io"].numaNode == 1` } };

function pages(name: string, size: string) {
  return { name, exactly: { deviceClassName: "dra.hugepages-2m", capacity: { requests: { size } } } };
}

const created = v.object({ metadata: v.object({ name: v.string(), uid: v.string() }) });

/** A pod whose one container uses a claim of memory and hugepages on one NUMA node. */
async function createPodWithClaim({ client }: ApiServer): Promise<{ name: string; uid: string }> {
  const memory = {
    deviceClassName: "dra.memory",
    capacity: { requests: { size: "1Gi" } },
    selectors: [onNode1],
  };
  await createClaim(client, "claim", {
    requests: [{ name: "ram", exactly: memory }, pages("pages", "256Mi")],
    constraints: [{ requests: ["ram", "pages"], matchAttribute: "resource.kubernetes.io/numaNode" }],
  });
  const { metadata } = v.parse(
    created,
    await client.send("POST", "/api/v1/namespaces/default/pods", {
      kind: "Pod",
      metadata: { name: "pod" },
      spec: {
        containers: [{ name: "app", image: "app", resources: { claims: [{ name: "memory" }] } }],
        resourceClaims: [{ name: "memory", resourceClaimName: "claim" }],
      },
    }),
  );
  return metadata;
}

const sliceList = v.object({
  items: v.array(v.object({ spec: v.object({ devices: v.array(v.unknown()) }) })),
});

async function devices({ client }: ApiServer): Promise<number> {
  const { items } = v.parse(sliceList, await client.send("GET", `${group}/resourceslices`));
  return items.flatMap(({ spec }) => spec.devices).length;
}

function daemonArguments(directory: string, kubeconfig: string): string[] {
  const { sysfsRoot, procfsRoot } = rootsIn(join(fixturesDirectory, "two-numa"));
  const flags = {
    kubeconfig,
    "hostname-override": node,
    "cgroup-mount": "",
    "bind-address": "127.0.0.1:0",
    "run-dir": "",
    "kubelet-root": directory,
    "cdi-dir": join(directory, "cdi"),
    "nri-socket": join(directory, "nri.sock"),
    "sysfs-root": sysfsRoot,
    "procfs-root": procfsRoot,
  };
  return ["daemon", ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
}
