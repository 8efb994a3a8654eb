import assert from "node:assert/strict";
import { type StatusReport, statusTable } from "../../cmd/status/status_tables.ts";
import { containerId } from "../../core/values/ids.ts";
import { podOf } from "../core/samples.ts";

const pod = podOf(1);
const container = {
  id: containerId("c1"),
  name: "app",
  pod,
  claims: [],
  shares: [],
  podLimitsRestored: 0,
  adjustment: { mems: "0", hugetlbBytes: new Map() },
  found: true,
  comparisons: [],
};

/** What `status` prints of a node with one container. */
function textOf(more: Partial<StatusReport["node"]>): string {
  const node = { devices: [], claims: [], containers: [container], failedResizes: [], ...more };
  return statusTable({ source: "driver", instances: [], problems: [], node });
}

Deno.test("limits that a resize took, and that were put right, are told with how often", () => {
  const text = textOf({ containers: [{ ...container, podLimitsRestored: 2 }] });
  assert.match(
    text,
    /pod default\/pod-1 were changed by somebody 2 times .* resized in place\), and put right\./,
  );
  assert.doesNotMatch(text, /is not resized/);
});

Deno.test("a resize that the kernel refuses is told with what to do about it", () => {
  const message = "write hugetlb.2MB.max: device or resource busy";
  const text = textOf({ failedResizes: [{ pod, message }] });
  assert.match(
    text,
    /Pod default\/pod-1 is not resized: .* busy \(its hugepages are in use, .* back to what they were/,
  );
  assert.doesNotMatch(text, /put right/);
});

Deno.test("a resize that fails for another reason is told as the kubelet has it", () => {
  const text = textOf({ failedResizes: [{ pod, message: "no such cgroup" }] });
  assert.match(text, /^Pod default\/pod-1 is not resized: no such cgroup\.$/m);
});
