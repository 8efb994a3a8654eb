import assert from "node:assert/strict";
import { supportedVersions } from "../../../../adapters/protocols/kubelet/dra_versions.ts";
import { DRAPluginService } from "../../../../adapters/protocols/kubelet/generated/dra_v1.ts";
import { inPackage } from "../../../../adapters/protocols/kubelet/service_package.ts";

Deno.test("a service in another package differs in its methods' paths alone", () => {
  const renamed = inPackage(DRAPluginService, "k8s.io.kubelet.pkg.apis.dra.v1beta1");

  assert.deepEqual(renamed.nodePrepareResources, {
    ...DRAPluginService.nodePrepareResources,
    path: "/k8s.io.kubelet.pkg.apis.dra.v1beta1.DRAPlugin/NodePrepareResources",
  });
  assert.equal(
    renamed.nodeUnprepareResources.path,
    "/k8s.io.kubelet.pkg.apis.dra.v1beta1.DRAPlugin/NodeUnprepareResources",
  );
});

Deno.test("the kubelet is told the newest version first", () => {
  assert.deepEqual(supportedVersions(false), ["v1.DRAPlugin", "v1beta1.DRAPlugin"]);
});

Deno.test("the kubelet is told of health versions when health is served", () => {
  assert.deepEqual(supportedVersions(true), [
    "v1.DRAPlugin",
    "v1beta1.DRAPlugin",
    "v1.DRAResourceHealth",
    "v1alpha1.DRAResourceHealth",
  ]);
});
