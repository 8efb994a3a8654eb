import assert from "node:assert/strict";
import { pods } from "../../../../adapters/simulator/api_server/resources.ts";
import { ApiResizeSource } from "../../../../adapters/driver/kubernetes/api_resize_source.ts";
import { ClusterUnavailableError } from "../../../../core/ports/claim_source.ts";
import { podUid } from "../../../../core/values/ids.ts";
import { withCluster } from "./_support.ts";

const message = "failed to set supported cgroup values: write hugetlb.2MB.max: device or resource busy";

/** What the source makes of a pod with this condition; `uid` is what the driver knows it by, if not its own. */
async function failureOf(condition: object, uid?: string): Promise<string | undefined> {
  let failure: string | undefined;
  await withCluster(async ({ server, connection }) => {
    const { metadata } = server.store.create(pods, { metadata: { name: "p" }, spec: {} }, "team");
    server.store.replace(pods, metadata, { metadata, status: { conditions: [condition] } }, true);
    const pod = { namespace: "team", name: "p", uid: podUid(uid ?? metadata.uid) };
    failure = await new ApiResizeSource(connection).failure(pod);
  });
  return failure;
}

Deno.test("a resize that the kubelet cannot end is told in its words", async () => {
  assert.equal(await failureOf({ type: "PodResizeInProgress", reason: "Error", message }), message);
});

Deno.test("a resize that is under way, other conditions and another pod of the name are no failure", async () => {
  assert.equal(await failureOf({ type: "PodResizeInProgress", status: "True" }), undefined);
  assert.equal(await failureOf({ type: "Ready", reason: "Error", message }), undefined);
  const failed = { type: "PodResizeInProgress", reason: "Error", message };
  assert.equal(await failureOf(failed, "of-a-former-one"), undefined);
});

Deno.test("a pod that is gone has no failure; one that may not be read is told of", () =>
  withCluster(async ({ server, connection }) => {
    const pod = { namespace: "team", name: "p", uid: podUid("u") };
    assert.equal(await new ApiResizeSource(connection).failure(pod), undefined);
    server.faults = () => ({ status: 403 });
    await assert.rejects(new ApiResizeSource(connection).failure(pod), ClusterUnavailableError);
  }));
