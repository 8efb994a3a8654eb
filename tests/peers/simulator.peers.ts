import fc from "fast-check";
import assert from "node:assert/strict";
import { validateSlice } from "../../adapters/simulator/api_server/slice_validation.ts";
import { StatusError } from "../../adapters/simulator/api_server/status.ts";
import { requirePeer } from "./go.ts";
import { startApiServer } from "./kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "./kube_apiserver/binaries.ts";
import { KubeError } from "./kube_apiserver/kube_client.ts";

const server = await startApiServer({
  etcd: await requirePeer(etcdProgram),
  apiServer: await requirePeer(apiServerProgram),
});

Deno.test.afterAll(() => server.stop());

/** Quantities that are near each other, so that limits are met from both sides; a few are none. */
const quantity = fc.constantFrom(
  "0",
  "1",
  "1Mi",
  "2Mi",
  "3Mi",
  "4Mi",
  "1Gi",
  "1G",
  "1500m",
  "-1Mi",
  "1e3",
  "2X",
  "",
);

/** A step of nothing is left out: Kubernetes 1.36 divides by it and breaks the connection off. */
const step = quantity.filter((text) => text !== "0");

const requestPolicy = fc.record({
  default: quantity,
  validValues: fc.array(quantity, { maxLength: 3 }),
  validRange: fc.record({ min: quantity, max: quantity, step }, { requiredKeys: [] }),
}, { requiredKeys: [] });

const capacity = fc.dictionary(
  fc.constantFrom("size", "dra.memory/size", "a/b/c", "Size", "si-ze"),
  fc.record({ value: quantity, requestPolicy }, { requiredKeys: ["value"] }),
  { maxKeys: 2 },
);

const attributes = fc.dictionary(
  fc.constantFrom("resource.kubernetes.io/numaNode", "a", "A", "1a", "a.b", "x/", `${"a".repeat(33)}`),
  fc.record({
    int: fc.constantFrom(0, -1, 2 ** 31),
    bool: fc.boolean(),
    string: fc.constantFrom("", "2m", "x".repeat(64), "x".repeat(65)),
    version: fc.constantFrom("1.2.3", "1.2", "v1.2.3", "1.2.3-rc.1+b"),
  }, { requiredKeys: [] }),
  { maxKeys: 2 },
);

const name = fc.constantFrom("a", "b", "A", "a.b", "a-", "", "1", "x".repeat(63), "x".repeat(64));

const device = fc.record({ name, attributes, capacity, allowMultipleAllocations: fc.boolean() }, {
  requiredKeys: ["name"],
});

const spec = fc.record({
  driver: fc.constantFrom("dra.memory", "dra.memory", "dra.memory", "Dra", "x".repeat(64), ""),
  nodeName: fc.constantFrom("node-a", "node-a", "node-a", "-", ""),
  allNodes: fc.constant(true),
  pool: fc.record({
    name: fc.constantFrom("node-a/memory", "node-a/memory", "node-a", "node-a//b", "", "A", "/"),
    generation: fc.constantFrom(0, 1, 1, -1),
    resourceSliceCount: fc.constantFrom(1, 1, 2, 0),
  }),
  devices: fc.array(device, { maxLength: 2 }),
}, { requiredKeys: ["driver", "pool"] });

/** A slice with which nothing is wrong, but for one device. */
const almostRight = device.map((device) => ({
  driver: "dra.memory",
  nodeName: "node-a",
  pool: { name: "node-a/memory", generation: 1, resourceSliceCount: 1 },
  devices: [device],
}));

// The other way round it is a little stricter than the real one, for what the driver never sends.
for (const [what, slices] of Object.entries({ "whole slices": spec, "single devices": almostRight })) {
  Deno.test(`the simulated API server takes nothing that the real one refuses: ${what}`, async () => {
    await fc.assert(
      fc.asyncProperty<[unknown]>(slices, async (spec) => {
        const refusal = await realRefusal(spec);
        assert.ok(refusal === "" || simulatorRefusal(spec) !== "", refusal);
      }),
      { numRuns: 300 },
    );
  });
}

function simulatorRefusal(spec: unknown): string {
  try {
    return validateSlice({ metadata: {}, spec }, undefined).map(({ field, message }) =>
      `${field}: ${message}`
    )
      .join("; ");
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return error.message;
  }
}

async function realRefusal(spec: unknown): Promise<string> {
  try {
    await server.client.send("POST", "/apis/resource.k8s.io/v1/resourceslices?dryRun=All", {
      apiVersion: "resource.k8s.io/v1",
      kind: "ResourceSlice",
      metadata: { name: "slice" },
      spec,
    });
    return "";
  } catch (error) {
    if (!(error instanceof KubeError && [400, 422].includes(error.status))) throw error;
    return error.message;
  }
}
