import assert from "node:assert/strict";
import { draServices, healthServices } from "../../../../adapters/protocols/kubelet/dra_versions.ts";
import {
  HealthStatus,
  NodeWatchResourcesRequest,
  NodeWatchResourcesResponse,
} from "../../../../adapters/protocols/kubelet/generated/dra_health.ts";
import {
  NodePrepareResourcesRequest,
  NodePrepareResourcesResponse,
} from "../../../../adapters/protocols/kubelet/generated/dra_v1.ts";
import {
  PluginInfo,
  RegistrationStatus,
} from "../../../../adapters/protocols/kubelet/generated/pluginregistration.ts";
import { KubeletPlugin } from "../../../../adapters/driver/kubelet/kubelet_plugin.ts";
import { claim, driver, FakeDraService, pluginIn, running, withDirectory } from "./fixture.ts";

const python = pythonWithGrpc();
const note = python === undefined ? " (skipped: no python3 here that can import grpc)" : "";

function testWithPeer(sentence: string, test: (root: string) => Promise<void>): void {
  Deno.test({
    name: `gRPC's C core: ${sentence}${note}`,
    ignore: python === undefined,
    fn: () => withDirectory(test),
  });
}

testWithPeer(
  "the plugin tells who it is, hears that it is registered, and prepares a claim",
  async (root) => {
    const { plugin, paths, service, observer } = pluginIn(root);
    await running([plugin], async () => {
      const [info] = await calls(paths.registration, [{
        method: "/pluginregistration.Registration/GetInfo",
      }]);
      const { type, name, endpoint } = PluginInfo.decode(info.bytes);
      assert.deepEqual([type, name, endpoint], ["DRAPlugin", driver, paths.dra]);

      const status = RegistrationStatus.encode({ pluginRegistered: true, error: "" }).finish();
      await calls(paths.registration, [{
        method: "/pluginregistration.Registration/NotifyRegistrationStatus",
        request: status,
      }]);
      assert.equal(observer.registrations, 1);
      assert.equal(plugin.registered, true);

      // Claim{namespace=1: "n", uid=2: "u", name=3: "c"} as field 1 of the request.
      const request = Uint8Array.of(10, 9, 10, 1, 110, 18, 1, 117, 26, 1, 99);
      for (const version of ["v1", "v1beta1"]) {
        const method = `/k8s.io.kubelet.pkg.apis.dra.${version}.DRAPlugin/NodePrepareResources`;
        const [prepared] = await calls(endpoint, [{ method, request }]);
        const answer = NodePrepareResourcesResponse.decode(prepared.bytes);
        assert.deepEqual(answer.claims.u?.devices.map(({ deviceName }) => deviceName), ["for-c"]);
      }
      assert.deepEqual(service.prepared, ["u", "u"]);
    });
  },
);

testWithPeer("200 calls at once, one of them with an answer of 3 MB", async (root) => {
  const { plugin, paths, service } = pluginIn(root);
  await running([plugin], async () => {
    const big = Array.from({ length: 400 }, (_, index) => ({
      namespace: "n".repeat(125),
      name: "big",
      uid: `big-${index}`,
    }));
    service.outcome = ({ name }) => ({ kind: "failed", message: name === "big" ? "e".repeat(8_000) : name });
    const requests = [big, ...Array.from({ length: 199 }, (_, index) => [claim(`${index}`)])];

    const answers = await calls(
      paths.dra,
      requests.map((claims) => ({
        method: draServices.v1.nodePrepareResources.path,
        request: NodePrepareResourcesRequest.encode({ claims }).finish(),
      })),
    );

    const decoded = answers.map(({ bytes }) => NodePrepareResourcesResponse.decode(bytes).claims);
    assert.equal(Object.keys(decoded[0] ?? {}).length, 400);
    assert.deepEqual(
      decoded.slice(1).map((claims) => Object.values(claims).map(({ error }) => error)),
      Array.from({ length: 199 }, (_, index) => [`${index}`]),
    );
  });
});

testWithPeer("a method that there is not is UNIMPLEMENTED, and the server goes on", async (root) => {
  const { plugin, paths } = pluginIn(root);
  await running([plugin], async () => {
    const answers = await calls(paths.dra, [
      { method: healthServices.v1.nodeWatchResources.path },
      { method: draServices.v1.nodePrepareResources.path },
    ]);

    assert.deepEqual(answers.map(({ code }) => code), ["UNIMPLEMENTED", "OK"]);
  });
});

testWithPeer("health is streamed in both versions where it is served", async (root) => {
  const { paths, observer } = pluginIn(root);
  const device = {
    device: { poolName: "memory", deviceName: "memory-numa0" },
    health: HealthStatus.HEALTHY,
    lastUpdatedTime: 1n,
    healthCheckTimeoutSeconds: 30n,
    message: "",
  };
  const plugin = new KubeletPlugin({
    driver,
    paths,
    service: new FakeDraService(),
    health: { nodeWatchResources: (call) => void call.write({ devices: [device] }) },
    observer,
  });
  await running([plugin], async () => {
    const request = NodeWatchResourcesRequest.encode({}).finish();
    const answers = await calls(
      paths.dra,
      Object.values(healthServices).map(({ nodeWatchResources: { path } }) => ({
        method: path,
        request,
        stream: true,
      })),
    );

    assert.deepEqual(answers.map(({ bytes }) => NodeWatchResourcesResponse.decode(bytes)), [
      { devices: [device] },
      { devices: [device] },
    ]);
  });
});

interface PeerCall {
  readonly method: string;
  readonly request?: Uint8Array;
  readonly stream?: boolean;
}

interface PeerAnswer {
  readonly code: string;
  readonly bytes: Uint8Array;
}

async function calls(socket: string, wanted: readonly PeerCall[]): Promise<[PeerAnswer, ...PeerAnswer[]]> {
  const peer = new Deno.Command(python ?? "", {
    args: [new URL("../../../peers/grpc_core/client.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const job = {
    socket,
    calls: wanted.map((call) => ({ ...call, request: (call.request ?? new Uint8Array()).toHex() })),
  };
  await new Blob([JSON.stringify(job)]).stream().pipeTo(peer.stdin);
  const { stdout } = await peer.output();
  const answers: { code: string; responses: string[] }[] = JSON.parse(new TextDecoder().decode(stdout));
  const [first, ...others] = answers.map(({ code, responses: [hex = ""] }) => ({
    code,
    bytes: Uint8Array.fromHex(hex),
  }));
  assert.ok(first);
  return [first, ...others];
}

/** Where several are installed, the one that the distribution's packages go to may be the second. */
function pythonWithGrpc(): string | undefined {
  return ["python3", "/usr/bin/python3"].find((command) => {
    try {
      return new Deno.Command(command, { args: ["-c", "import grpc"], stderr: "null" }).outputSync().success;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}
