import assert from "node:assert/strict";
import * as nri from "../../../../adapters/protocols/nri/generated/nri.ts";
import type { Connection } from "../../../../adapters/protocols/nri/mux/connection.ts";
import { DialedRuntime, withPlugin } from "./_plugin_setting.ts";
import { RuntimePeer } from "./_runtime_peer.ts";

const pod = nri.PodSandbox.fromPartial({ id: "s1", name: "p", namespace: "n", uid: "u1" });
const container = nri.Container.fromPartial({ id: "c1", podSandboxId: "s1", name: "app" });

Deno.test("the plugin registers by its name and index, and is connected once it knows what there is", async () => {
  await withPlugin(async ({ runtime, events, containers }) => {
    await using peer = await runtime.accept();
    const { pluginName, pluginIdx } = await peer.registered();
    assert.deepEqual([pluginName, pluginIdx], ["dramemory", "90"]);
    await peer.configure({ runtimeName: "containerd", runtimeVersion: "v2.2.1" });
    assert.deepEqual(events.list, []);
    await peer.synchronize({ pods: [pod], containers: [container] });
    assert.deepEqual(events.list, [{
      kind: "runtime-connected",
      runtime: "containerd v2.2.1",
      again: false,
    }]);
    assert.deepEqual(containers.synchronized.map((existing) => existing.map(({ name }) => name)), [["app"]]);
  });
});

Deno.test("a runtime that is restarted gets the plugin back, however often", async () => {
  await withPlugin(async ({ runtime, events }) => {
    for (let run = 0; run < 5; run++) {
      await using peer = await runtime.accept();
      await peer.admit();
    }
    const lost = () => events.kinds().filter((kind) => kind === "runtime-lost").length;
    await using peer = await runtime.accept();
    await peer.admit();
    assert.equal(lost(), 5);
  });
});

Deno.test("a runtime that hangs up at once, or is away, is asked again, each complained of once", async () => {
  await withPlugin(async ({ runtime, events }) => {
    for (let attempt = 0; attempt < 5; attempt++) (await runtime.connection()).close();
    let refusals = 5;
    runtime.dialling = () => refusals-- > 0 ? Promise.reject(new Error("nobody listens")) : Promise.resolve();
    await using peer = await runtime.accept();
    await peer.admit();
    assert.deepEqual(events.kinds(), ["runtime-lost", "runtime-lost", "runtime-connected"]);
  });
});

Deno.test("a runtime that never answers the registration is given up for a new connection", async () => {
  const never = Promise.withResolvers<void>();
  await withPlugin(async ({ runtime, events }) => {
    await using silent = new RuntimePeer(await runtime.connection(), never.promise);
    await silent.closed;
    await using peer = await runtime.accept();
    await peer.admit();
    assert.deepEqual(events.kinds(), ["runtime-lost", "runtime-connected"]);
  }, { registrationTimeoutMilliseconds: 20 });
  never.resolve();
});

Deno.test("what a broken connection had begun to list is not part of the next one's list", async () => {
  await withPlugin(async ({ runtime, containers }) => {
    {
      await using peer = await runtime.accept();
      await peer.configure();
      const { more } = await peer.synchronize({ pods: [pod], containers: [container], more: true });
      assert.equal(more, true);
    }
    await using peer = await runtime.accept();
    await peer.admit();
    assert.deepEqual(containers.synchronized, [[]]);
  });
});

Deno.test("a call that makes no sense is answered with an error, and the connection goes on", async () => {
  await withPlugin(async ({ runtime }) => {
    await using peer = await runtime.accept();
    await peer.admit();
    for (const payload of [new Uint8Array([0x0a, 0xff]), new Uint8Array()]) {
      await assert.rejects(peer.call("RemoveContainer", payload), { name: "TtrpcError", code: 3 });
    }
    // A container's is read where it mentions a claim.
    const mentioning = new TextEncoder().encode("\n\u007fDRAMEMORY_");
    await assert.rejects(peer.call("CreateContainer", mentioning), { name: "TtrpcError", code: 3 });
    const request = nri.CreateContainerRequest.encode({ pod, container }).finish();
    assert.deepEqual(await peer.call("CreateContainer", request), new Uint8Array());
  });
});

Deno.test("2,000 containers in several messages are taken over", async () => {
  await withPlugin(async ({ runtime, containers }) => {
    await using peer = await runtime.accept();
    await peer.configure();
    const env = [`FILLER=${"x".repeat(3000)}`];
    for (let part = 0; part < 4; part++) {
      const indices = Array.from({ length: 500 }, (_, index) => `${part}-${index}`);
      await peer.synchronize({
        pods: indices.map((id) => ({ ...pod, id })),
        containers: indices.map((id) => ({ ...container, id, podSandboxId: id, env })),
        more: part < 3,
      });
    }
    assert.deepEqual(containers.synchronized.map(({ length }) => length), [2000]);
  });
});

Deno.test("a plugin that is stopped while it dials closes the connection that it gets", async () => {
  await withPlugin(async ({ runtime, plugin }) => {
    const dialling = Promise.withResolvers<void>(), answering = Promise.withResolvers<void>();
    (await runtime.connection()).close();
    runtime.dialling = () => (dialling.resolve(), answering.promise);
    await dialling.promise;
    const stopping = plugin.stop();
    answering.resolve();
    const connection = await runtime.connection();
    assert.equal(await connection.read(new Uint8Array(1)), null);
    connection.close();
    await stopping;
  });
});

Deno.test("a plugin whose only connection has ended has ended", async () => {
  const runtime = new DialedRuntime();
  await withPlugin(async ({ events, plugin }) => {
    {
      await using peer = await runtime.accept();
      await peer.admit();
    }
    await plugin.ended;
    assert.deepEqual(events.kinds(), ["runtime-connected", "runtime-lost"]);
  }, { link: { ...runtime.link, again: false } });
});

Deno.test("a plugin connects in its turn, and gives it up when its connection is closed", async () => {
  const steps: string[] = [];
  const runtime = new DialedRuntime(), turn = Promise.withResolvers<void>();
  const dial = async (): Promise<Connection> => {
    steps.push("dialed");
    const connection = await runtime.link.dial();
    return {
      read: (buffer) => connection.read(buffer),
      write: (bytes) => connection.write(bytes),
      close: () => (steps.push("closed"), connection.close()),
    };
  };
  await withPlugin(async ({ events }) => {
    steps.push("turn");
    turn.resolve();
    await using peer = await runtime.accept();
    await peer.admit();
    assert.deepEqual(events.kinds(), ["runtime-standby", "runtime-connected"]);
  }, {
    link: { ...runtime.link, dial },
    turn: async (_signal, standby) => {
      standby();
      await turn.promise;
      return () => void steps.push("given up");
    },
  });
  assert.deepEqual(steps, ["turn", "dialed", "closed", "given up"]);
});

Deno.test("a turn that cannot be waited for is asked for again, and complained of", async () => {
  let failures = 3;
  await withPlugin(async ({ runtime, events }) => {
    await using peer = await runtime.accept();
    await peer.admit();
    const [lost] = events.list;
    assert.ok(lost?.kind === "runtime-lost");
    assert.match(lost.message, /Read-only file system/);
    assert.deepEqual(events.kinds(), ["runtime-lost", "runtime-connected"]);
  }, {
    turn: () =>
      failures-- > 0 ? Promise.reject(new Error("Read-only file system")) : Promise.resolve(() => {}),
  });
});

Deno.test("fail-closed is asked for at every connection, and a runtime without it complained of once", async () => {
  await withPlugin(async ({ runtime, events }) => {
    for (const nriVersion of ["0.12.4", "0.12.4", "0.12.5"]) {
      await using peer = await runtime.accept();
      const { failurePolicy } = await peer.admit({ runtimeName: "containerd", nriVersion });
      assert.equal(failurePolicy?.failRequest ?? false, nriVersion === "0.12.5");
    }
    assert.equal(events.kinds().filter((kind) => kind === "fail-closed-unsupported").length, 1);
  }, { failClosed: true });
});
