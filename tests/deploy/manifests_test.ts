import assert from "node:assert/strict";
import * as v from "valibot";
import { daemonCommand } from "../../cmd/daemon/daemon.ts";
import { withoutEqualsSigns } from "../../cmd/ui/short_options.ts";
import { deviceClasses } from "../../core/devices/device_class.ts";
import { parsePageSize } from "../../core/values/page_size.ts";
import { tolerationAnnotation } from "../../adapters/operations/runtimes/nri_validator.ts";
import { chartDigest } from "../../tasks/manifests/chart_digest.ts";
import { digestIn } from "../../tasks/manifests/manifest_files.ts";
import { topologyOf } from "../core/samples.ts";
import { type Container, daemonSet, objectsIn, yamlFiles } from "./manifests.ts";

const manifests = new URL("../../deploy/manifests/", import.meta.url);
const chart = new URL("../../deploy/helm/dramemory/", import.meta.url);
const objects = await objectsIn(manifests);

Deno.test("the plain manifests are rendered from the chart as it is (deno task manifests:render)", async () => {
  const digest = await chartDigest(chart);
  for (const [name, text] of await yamlFiles(manifests)) assert.equal(digestIn(text), digest, name);
});

Deno.test("they are an account with its rights, a policy, classes and the DaemonSet", () => {
  const names = objects.map(({ kind, metadata: { namespace = "", name } }) => `${kind} ${namespace}/${name}`);
  assert.deepEqual(names.sort(), [
    "ClusterRole /dramemory",
    "ClusterRoleBinding /dramemory",
    "DaemonSet kube-system/dramemory",
    "DeviceClass /dra.hugepages-1g",
    "DeviceClass /dra.hugepages-2m",
    "DeviceClass /dra.memory",
    "NetworkPolicy kube-system/dramemory",
    "ServiceAccount kube-system/dramemory",
    "ValidatingAdmissionPolicy /dramemory-own-slices",
    "ValidatingAdmissionPolicyBinding /dramemory-own-slices",
  ]);
});

Deno.test("nobody but the node itself reaches the driver's port", () => {
  const policy = objects.find(({ kind }) => kind === "NetworkPolicy");
  assert.deepEqual(policy?.spec, {
    podSelector: {
      matchLabels: { "app.kubernetes.io/instance": "dramemory", "app.kubernetes.io/name": "dramemory" },
    },
    policyTypes: ["Ingress"],
    ingress: [],
  });
});

Deno.test("the DeviceClasses are those that the driver prints", () => {
  const printed = deviceClasses(topologyOf([], { hugepageSizes: ["2m", "1g"].map(parsePageSize) }));
  const rendered = objects.filter(({ kind }) => kind === "DeviceClass")
    .map(({ metadata: { name }, ...rest }) => ({ ...rest, metadata: { name } }));
  assert.deepEqual(rendered, printed);
});

Deno.test("the driver runs with no capability and no path of the host that it does not need", () => {
  const { containers, volumes, securityContext } = podSpec();
  assert.deepEqual(securityContext, { seccompProfile: { type: "RuntimeDefault" } });
  assert.deepEqual(driver().securityContext, {
    runAsUser: 0,
    runAsGroup: 0,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seLinuxOptions: { type: "spc_t", level: "s0" },
  });
  assert.deepEqual(volumes.map(({ hostPath }) => hostPath?.path), [
    "/var/lib/kubelet/plugins/dra.memory",
    "/var/lib/kubelet/plugins_registry",
    "/var/run/cdi",
    "/var/run/nri",
    "/sys/fs/cgroup",
    "/run/dramemory",
  ]);
  const mounted = containers.flatMap(({ volumeMounts }) =>
    volumeMounts.map(({ name, mountPath }) => [name, mountPath])
  );
  assert.deepEqual(mounted, volumes.map(({ name, hostPath }) => [name, hostPath?.path]));
});

Deno.test("the driver may read what it asks for by name, report on claims of its node, and keep ResourceSlices", () => {
  const role = objects.find(({ kind }) => kind === "ClusterRole");
  assert.deepEqual(role?.["rules"], [
    { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["get"] },
    { apiGroups: ["resource.k8s.io"], resources: ["resourceclaims"], verbs: ["get"] },
    { apiGroups: ["resource.k8s.io"], resources: ["resourceclaims/status"], verbs: ["patch"] },
    {
      apiGroups: ["resource.k8s.io"],
      resources: ["resourceclaims/driver"],
      resourceNames: ["dra.memory"],
      verbs: ["associated-node:patch"],
    },
    {
      apiGroups: ["resource.k8s.io"],
      resources: ["resourceslices"],
      verbs: ["list", "watch", "create", "update", "delete"],
    },
  ]);
});

Deno.test("an update has the new instance run beside the old one, also where the runtime requires the driver", () => {
  const { spec } = rendered();
  assert.deepEqual(spec.updateStrategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
  assert.ok(driver().args.includes("--rolling-update"));
  assert.equal(spec.template.metadata.annotations[tolerationAnnotation], "true");
});

Deno.test("every argument of the driver is one that it takes", () => {
  const [command, ...args] = driver().args;
  assert.equal(command, "daemon");
  let accepted = false;
  daemonCommand().exitOverride().action(() => void (accepted = true))
    .parse(withoutEqualsSigns(args), { from: "user" });
  assert.ok(accepted);
});

function rendered() {
  return v.parse(daemonSet, objects.find(({ kind }) => kind === "DaemonSet"));
}

function podSpec() {
  return rendered().spec.template.spec;
}

function driver(): Container {
  const [driver, ...others] = podSpec().containers;
  assert.ok(driver !== undefined && others.length === 0);
  return driver;
}
