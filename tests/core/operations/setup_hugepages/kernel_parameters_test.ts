import assert from "node:assert/strict";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { kernelParameters } from "../../../../core/operations/setup_hugepages/kernel_parameters.ts";
import { withNodes } from "../../../../core/operations/setup_hugepages/spread.ts";
import { GiB, numaNodeOf, topologyOf } from "../../samples.ts";
import { provisionOf } from "./provision.ts";

Deno.test("each size is named once, with the counts of its nodes behind it", () => {
  const provision = provisionOf(["1g", 4n, 0], ["2m", 1024n], ["1g", 2n, 33]);
  assert.equal(kernelParameters(provision), "hugepagesz=1G hugepages=0:4,33:2 hugepagesz=2M hugepages=1024");
});

Deno.test("the default size comes first", () => {
  const provision = { ...provisionOf(["64k", 3n]), defaultPageSize: parsePageSize("1g") };
  assert.equal(kernelParameters(provision), "default_hugepagesz=1G hugepagesz=64K hugepages=3");
});

Deno.test("where the kernel would spread pages onto memory without CPUs, each node gets its count", () => {
  const topology = topologyOf([
    numaNodeOf(0, GiB),
    { ...numaNodeOf(1, GiB), cpus: [] },
    numaNodeOf(2, 0n),
    numaNodeOf(3, GiB),
  ]);
  const provision = withNodes(provisionOf(["2m", 1025n], ["1g", 2n, 1]), topology);
  assert.equal(
    kernelParameters(provision),
    "hugepagesz=2M hugepages=0:513,3:512 hugepagesz=1G hugepages=1:2",
  );
  const plain = topologyOf([numaNodeOf(0, GiB), numaNodeOf(2, 0n)]);
  assert.equal(kernelParameters(withNodes(provisionOf(["2m", 8n]), plain)), "hugepagesz=2M hugepages=8");
});

Deno.test("a provision of nothing needs no parameters", () => {
  assert.equal(kernelParameters({ name: "none", pages: [] }), "");
});
