import assert from "node:assert/strict";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { kernelParameters } from "../../../../core/operations/setup_hugepages/kernel_parameters.ts";
import { provisionOf } from "./_provision.ts";

Deno.test("each size is named once, with the counts of its nodes behind it", () => {
  const provision = provisionOf(["1g", 4n, 0], ["2m", 1024n], ["1g", 2n, 33]);
  assert.equal(kernelParameters(provision), "hugepagesz=1G hugepages=0:4,33:2 hugepagesz=2M hugepages=1024");
});

Deno.test("the default size comes first", () => {
  const provision = { ...provisionOf(["64k", 3n]), defaultPageSize: parsePageSize("1g") };
  assert.equal(kernelParameters(provision), "default_hugepagesz=1G hugepagesz=64K hugepages=3");
});

Deno.test("a provision of nothing needs no parameters", () => {
  assert.equal(kernelParameters({ name: "none", pages: [] }), "");
});
