import assert from "node:assert/strict";
import { probeNriSocket } from "../../adapters/operations/runtimes/socket_probe.ts";
import { allocation, preparedClaim } from "../adapters/claims.ts";
import { requirePeer } from "./go.ts";
import { nriProgram, nriVersions } from "./nri/binaries.ts";
import { placementOf } from "./nri/messages.ts";
import { container, containerWith, pod, TestNode } from "./nri/node.ts";
import { NriRuntimeError } from "./nri/runtime.ts";

const pages = preparedClaim("c1", allocation("a", "hugepages-2m", 0, "64Mi"));
const morePages = preparedClaim(
  "c2",
  allocation("a", "hugepages-2m", 1, "32Mi"),
  allocation("b", "hugepages-1g", 1, "1Gi"),
);
const ram = preparedClaim("c3", allocation("a", "memory", 3, "1Gi"));
const claims = [pages, morePages, ram];

/** What a container with the claim of 2m pages must have. */
const placed = { mems: "0", hugepages: { "2MB": 64n << 20n } };

/** The life of a container with a claim, as the runtime tells it, and what must hold at each step. */
const steps: readonly ((node: TestNode) => Promise<void>)[] = [
  ({ runtime }) => runtime.runPod(pod),
  async ({ runtime }) => assert.deepEqual(await runtime.createContainer(container("app", pages)), placed),
  ({ runtime }) => runtime.startContainer("id-of-app"),
  async ({ runtime }) =>
    assert.deepEqual(await runtime.updateContainer("id-of-app", { cpu: { cpus: "0" } }), placed),
  async ({ runtime }) => {
    const { containers } = await runtime.state();
    assert.deepEqual(containers.map(({ linux }) => placementOf(linux?.resources)), [placed]);
  },
  ({ runtime }) => runtime.stopContainer("id-of-app"),
  ({ runtime }) => runtime.removeContainer("id-of-app"),
  ({ runtime }) => runtime.stopPod(pod.id),
  ({ runtime }) => runtime.removePod(pod.id),
];

for (const version of nriVersions) {
  const binary = await requirePeer(nriProgram(version));
  const test = (what: string, run: () => Promise<void>) => Deno.test(`NRI ${version}: ${what}`, run);

  test("the plugin registers, and subscribes to what it uses", async () => {
    await using node = await TestNode.start(binary);
    await node.stopPlugin();
    node.startPlugin();
    const { request } = await node.runtime.event("registered");
    const { reply } = await node.runtime.event("configured");
    await node.runtime.event("synchronized");
    assert.deepEqual([request.pluginName, request.pluginIdx], ["dramemory", "10"]);
    assert.notEqual(reply.events, 0);
  });

  test("a container gets the NUMA nodes and the hugepages of its claims, summed by page size", async () => {
    await using node = await TestNode.start(binary, { claims });
    const placement = await node.runtime.createContainer(container("app", pages, morePages, ram));
    assert.deepEqual(placement, { mems: "0-1,3", hugepages: { "2MB": 96n << 20n, "1GB": 1n << 30n } });
  });

  test("a container without claims is left as it is", async () => {
    await using node = await TestNode.start(binary, { claims });
    const placement = await node.runtime.createContainer(container("app"));
    assert.deepEqual(placement, { mems: "", hugepages: {} });
  });

  test("a claim is refused to a second container of its pod, and the first may be restarted", async () => {
    await using node = await TestNode.start(binary, { claims });
    await node.runtime.createContainer(container("app", pages));
    await assert.rejects(node.runtime.createContainer(container("sidecar", pages)), NriRuntimeError);
    await node.runtime.removeContainer("id-of-app");
    assert.deepEqual(await node.runtime.createContainer(container("app", pages)), placed);
  });

  test("environments that were forged or are not complete fail the container, and the plugin stays", async () => {
    await using node = await TestNode.start(binary, { claims });
    for (
      const env of [
        ["DRAMEMORY_unknown_NUMANodes=0", "DRAMEMORY_unknown_hugepages-2m=numanode:0,size:64Mi"],
        ["DRAMEMORY_c1_NUMANodes=0", "DRAMEMORY_c1_hugepages-2m=numanode:0,size:1Gi"],
        ["DRAMEMORY_c1_NUMANodes=1", "DRAMEMORY_c1_hugepages-2m=numanode:1,size:64Mi"],
        ["DRAMEMORY_c1_NUMANodes=0"],
      ]
    ) {
      await assert.rejects(
        node.runtime.createContainer(containerWith("app", env)),
        (error) => error instanceof NriRuntimeError && /Cannot start container app/.test(error.message),
      );
    }
    assert.deepEqual(await node.runtime.createContainer(container("app", pages)), placed);
  });

  test("a container of a namespace with a Service called dramemory is created as it is", async () => {
    await using node = await TestNode.start(binary, { claims });
    const env = ["DRAMEMORY_SERVICE_HOST=10.96.0.17", "DRAMEMORY_PORT_9177_TCP=tcp://10.96.0.17:9177"];
    const adjustment = await node.runtime.createContainer(containerWith("dns", env));
    assert.deepEqual(adjustment, { mems: "", hugepages: {} });
  });

  test("an update of someone else does not loosen what the claims promise", async () => {
    await using node = await TestNode.start(binary, { claims });
    await node.runtime.createContainer(container("app", pages));
    const placement = await node.runtime.updateContainer("id-of-app", {
      cpu: { cpus: "0-7", mems: "0-3" },
      hugepageLimits: [{ pageSize: "2MB", limit: "0" }],
    });
    assert.deepEqual(placement, placed);
  });

  test("2,000 containers are synchronized, and those that started unplaced are put right", async () => {
    const environment = [`FILLER=${"x".repeat(3000)}`];
    const indices = [...Array(2000).keys()];
    const pods = indices.map((index) => ({ ...pod, id: `sandbox-${index}`, uid: `uid-${index}` }));
    const containers = indices.map((index) => ({
      ...containerWith(`plain-${index}`, environment),
      podSandboxId: `sandbox-${index}`,
    }));
    const unplaced = { ...container("app", pages), state: "CONTAINER_RUNNING" };
    await using node = await TestNode.start(binary, { claims });
    await node.stopRuntime();
    await node.startRuntime({ pods: [...pods, pod], containers: [...containers, unplaced] });
    const { messages, updates } = await node.runtime.event("synchronized");
    assert.ok(messages > 1, "the list is longer than one message");
    assert.deepEqual(updates.map(({ containerId }) => containerId), ["id-of-app"]);
    assert.deepEqual(placementOf(updates[0]?.linux?.resources), placed);
  });

  for (const cut of steps.keys()) {
    test(`the plugin may be restarted after ${cut} of a container's ${steps.length} steps`, async () => {
      await using node = await TestNode.start(binary, { claims, state: { pods: [], containers: [] } });
      for (const [index, step] of steps.entries()) {
        if (index === cut) await node.restartPlugin();
        await step(node);
      }
    });
  }

  test("the runtime may be restarted, and finds its containers placed", async () => {
    await using node = await TestNode.start(binary, { claims });
    await node.runtime.createContainer(container("app", pages));
    await node.startRuntime(await node.stopRuntime());
    const { updates } = await node.runtime.event("synchronized");
    assert.deepEqual(updates, []);
    await assert.rejects(node.runtime.createContainer(container("sidecar", pages)), NriRuntimeError);
  });

  // Both sides watch the same deadline: whichever notices first decides which of the two it is.
  test("a plugin that was too slow fails the container, or connects again and puts it right", async () => {
    const answering = Promise.withResolvers<void>();
    await using node = await TestNode.start(binary, {
      claims,
      requestTimeoutMs: 300,
      answering: () => answering.promise,
    });
    const unplaced = await node.runtime.createContainer(container("app", pages)).catch(ofDeadline);
    answering.resolve();
    if (unplaced === undefined) {
      assert.deepEqual(await node.runtime.createContainer(container("app", pages)), placed);
    } else {
      assert.deepEqual(unplaced, { mems: "", hugepages: {} });
      await node.runtime.event("disconnected");
      const { updates } = await node.runtime.event("synchronized");
      assert.deepEqual(placementOf(updates[0]?.linux?.resources), placed);
    }
  });

  test("connections that end at once, as validate makes them, keep nothing waiting", async () => {
    await using node = await TestNode.start(binary, { claims });
    for (let probe = 0; probe < 20; probe++) {
      assert.equal((await probeNriSocket(node.socket, 10_000)).kind, "connected");
    }
    assert.deepEqual(await node.runtime.createContainer(container("app", pages)), placed);
    await node.stopPlugin();
    node.startPlugin();
    await node.runtime.event("synchronized");
  });

  test("100 containers are created while 50 claims come and go", async () => {
    await using node = await TestNode.start(binary, { claims });
    const passing = Array.from(
      { length: 50 },
      (_, index) => preparedClaim(`passing-${index}`, allocation("a", "hugepages-2m", 0, "2Mi")),
    );
    for (let index = 0; index < 100; index++) {
      const claim = passing[index % 50] ?? pages;
      if (index < 50) node.claims.add(claim);
      else node.claims.remove(claim.reference.uid);
      const creation = node.runtime.createContainer(container(`app-${index}`, claim));
      if (index < 50) assert.deepEqual(await creation, { mems: "0", hugepages: { "2MB": 2n << 20n } });
      else await assert.rejects(creation, NriRuntimeError);
    }
  });
}

/** The plugin's own answer that the runtime's deadline has passed; every other error is thrown on. */
function ofDeadline(error: unknown): undefined {
  if (!(error instanceof NriRuntimeError && /DeadlineExceeded/.test(error.message))) throw error;
}
