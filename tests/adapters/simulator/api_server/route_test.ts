import assert from "node:assert/strict";
import { parseRoute } from "../../../../adapters/simulator/api_server/route.ts";

for (
  const [path, expected] of Object.entries({
    "/api/v1/nodes": ["nodes", undefined, undefined, false],
    "/api/v1/nodes/a": ["nodes", undefined, "a", false],
    "/api/v1/pods": ["pods", undefined, undefined, false],
    "/api/v1/namespaces/team/pods/a": ["pods", "team", "a", false],
    "/apis/resource.k8s.io/v1/resourceslices/a": ["resourceslices", undefined, "a", false],
    "/apis/resource.k8s.io/v1/namespaces/team/resourceclaims/a/status": ["resourceclaims", "team", "a", true],
  })
) {
  Deno.test(`${path} is served`, () => {
    const route = parseRoute(path);
    assert.deepEqual([route?.resource.plural, route?.namespace, route?.name, route?.status], expected);
  });
}

for (
  const path of [
    "/",
    "/healthz",
    "/api/v1",
    "/api/v2/nodes",
    "/apis/v1/nodes",
    "/api/v1/namespaces/team/nodes",
    "/api/v1/pods/a",
    "/api/v1/nodes/a/proxy",
    "/api/v1/nodes/a/status/more",
    "/apis/resource.k8s.io/v1/resourceslices/a/status",
  ]
) {
  Deno.test(`${path} is not served`, () => {
    assert.equal(parseRoute(path), undefined);
  });
}
