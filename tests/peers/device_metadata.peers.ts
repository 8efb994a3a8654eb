import assert from "node:assert/strict";
import { deviceMetadata } from "../../core/claims/device_metadata.ts";
import { sliceDevice } from "../../core/devices/slice_device.ts";
import { deviceOf, GiB, referenceOf } from "../core/samples.ts";
import { metadataReaderProgram, readMetadata } from "./device_metadata/reader.ts";
import { requirePeer } from "./go.ts";

const binary = await requirePeer(metadataReaderProgram);

const attributes = {
  ...sliceDevice(deviceOf("hugepages-2m-numa1", GiB)).attributes,
  "dra.memory/sizeBytes": { int: 67108864 },
  "dra.memory/hugetlbfsPath": { string: "/dev/hugepages-2Mi" },
};
const described = {
  claim: referenceOf(1),
  podClaimName: "ram",
  name: "pages/large",
  devices: [{ pool: "worker-1/hugepages-2m", device: "hugepages-2m-numa1", attributes }],
};

Deno.test("Kubernetes' reader takes the newest version of a file, and finds all that is in it", async () => {
  const { version, metadata, error } = await readMetadata(binary, deviceMetadata(described).text);
  assert.deepEqual([error, version], [undefined, "v1beta1"]);
  assert.deepEqual(metadata?.podClaimName, "ram");
  assert.deepEqual(metadata.requests, [{
    name: "pages/large",
    devices: [{
      driver: "dra.memory",
      pool: "worker-1/hugepages-2m",
      name: "hugepages-2m-numa1",
      attributes,
    }],
  }]);
});

Deno.test("a reader that knows the older version alone finds that behind it", async () => {
  const text = deviceMetadata(described).text.replace(
    "metadata.resource.k8s.io/v1beta1",
    "metadata.resource.k8s.io/v9",
  );
  const { version, error } = await readMetadata(binary, text);
  assert.deepEqual([error, version], [undefined, "v1alpha1"]);
});

Deno.test("a claim that was not made from a template is described as well", async () => {
  const { text } = deviceMetadata({ ...described, podClaimName: undefined });
  assert.equal((await readMetadata(binary, text)).error, undefined);
});
