import assert from "node:assert/strict";
import { type Architecture, inferredPageSize } from "../../../core/topology/inferred_page_size.ts";
import { formatKubernetesPageSize } from "../../../core/values/page_size.ts";
import { parseWrittenPageSize } from "../../../core/values/written_page_size.ts";

/** Architecture, hugepage sizes, base page. */
const kernels: readonly (readonly [Architecture | undefined, string, string])[] = [
  ["x86", "2Mi 1Gi", "4Ki"],
  ["s390x", "1Mi 2Gi", "4Ki"],
  ["ia64", "256Mi", "16Ki"],
  ["sparc64", "8Mi", "8Ki"],
  ["ppc64", "16Mi 16Gi", "64Ki"],
  ["ppc64", "2Mi 1Gi", "64Ki"],
  ["ppc64", "64Ki 16Mi", "4Ki"],
  ["arm64", "64Ki 2Mi 32Mi 1Gi", "4Ki"],
  ["arm64", "2Mi 32Mi 1Gi", "16Ki"],
  ["arm64", "2Mi 512Mi 16Gi", "64Ki"],
  ["arm64", "", "4Ki"],
  ["loongarch64", "32Mi", "16Ki"],
  ["loongarch64", "", "16Ki"],
  ["loongarch64", "2Mi", "4Ki"],
  ["other", "2Mi 1Gi", "4Ki"],
  [undefined, "2Mi 512Mi 16Gi", "64Ki"],
  [undefined, "16Mi 16Gi", "64Ki"],
  [undefined, "256Mi", "16Ki"],
  [undefined, "", "4Ki"],
];

for (const [architecture, sizes, expected] of kernels) {
  Deno.test(`base pages of ${expected} on ${architecture ?? "unknown processors"} with ${sizes || "no hugepages"}`, () => {
    const hugepageSizes = sizes.split(" ").filter((size) => size !== "").map(parseWrittenPageSize);
    assert.equal(formatKubernetesPageSize(inferredPageSize(architecture, hugepageSizes)), expected);
  });
}
