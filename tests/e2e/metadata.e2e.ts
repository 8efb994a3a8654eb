/** What a container can read of its claims (KEP-5304), with the reader that Kubernetes has for that. */
import assert from "node:assert/strict";
import { requirePeer } from "../peers/go.ts";
import { metadataReaderProgram, readMetadata } from "../peers/device_metadata/reader.ts";
import { devicesOf } from "./cluster/devices.ts";
import { nodeShell, onNode } from "./cluster/node.ts";
import { pod } from "./cluster/objects.ts";
import { clusterTest } from "./cluster/suite.ts";

const bytes = 8 * 2 ** 20;
const resource = "hugepages-2m";
const directory = "/var/run/kubernetes.io/dra-device-attributes";

clusterTest("a container finds each of its claims described, and Kubernetes' own reader takes it", {
  needs: async (api) => nodeShell() && await devicesOf(api, resource, 2 * bytes),
  run: async ({ api, namespace }, [device]) => {
    const reader = await requirePeer(metadataReaderProgram);
    const wanted = { resource, bytes, numaNode: device.numaNode };
    await namespace.createClaim("own", wanted);
    await namespace.createTemplate("pages", wanted);
    const container = {
      name: "main",
      mapping: { bytes, page: "2m" },
      stays: true,
      claims: ["named", "made"],
    } as const;
    const plan = {
      containers: [container],
      claims: { named: { claim: "own" }, made: { template: "pages" } },
    };
    await api.create(`/api/v1/namespaces/${namespace.name}/pods`, pod("reads", plan));
    await namespace.running("reads");
    const root = (await onNode(
      "echo /proc/$(crictl inspect -o go-template --template '{{.info.pid}}' $(crictl ps -q --name main))/root",
    )).trim();
    const files = ["resourceclaims/own", "resourceclaimtemplates/made"];
    for (const file of files) {
      const text = await onNode(`cat ${root}${directory}/${file}/request-0/dra.memory-metadata.json`);
      const { version, metadata, error } = await readMetadata(reader, text);
      assert.deepEqual([version, error], ["v1beta1", undefined]);
      const [request] = metadata?.["requests"] as {
        name: string;
        devices: { driver: string; pool: string; name: string; attributes: Record<string, unknown> }[];
      }[];
      assert.equal(request?.name, "request-0");
      const [described] = request.devices;
      assert.deepEqual([described?.driver, described?.pool, described?.name], [
        "dra.memory",
        device.pool,
        device.name,
      ]);
      assert.deepEqual(described?.attributes["dra.memory/sizeBytes"], { int: bytes });
      assert.deepEqual(described.attributes["resource.kubernetes.io/numaNode"], { int: device.numaNode });
      assert.deepEqual(described.attributes["dra.memory/hugetlbfsPath"], { string: "/dev/hugepages-2Mi" });
    }
  },
});
