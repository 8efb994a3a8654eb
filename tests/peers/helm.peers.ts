import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { parseProvisionDocument } from "../../adapters/operations/provision_document/parse_document.ts";
import { daemonCommand } from "../../cmd/daemon/daemon.ts";
import { setupHugepagesCommand } from "../../cmd/setup_hugepages/setup_hugepages.ts";
import { parseReservation } from "../../core/devices/reservation.ts";
import { setupRuntimeCommand } from "../../cmd/setup_runtime/setup_runtime.ts";
import { deviceClasses } from "../../core/devices/device_class.ts";
import { parsePageSize } from "../../core/values/page_size.ts";
import { chartDigest } from "../../tasks/manifests/chart_digest.ts";
import { manifestFiles } from "../../tasks/manifests/manifest_files.ts";
import { topologyOf } from "../core/samples.ts";
import {
  type Container,
  daemonSet,
  type KubernetesObject,
  readObjects,
  yamlFiles,
} from "../deploy/manifests.ts";
import { requirePeer } from "./go.ts";
import { allOptions } from "./helm/all_options.ts";
import {
  chart,
  HelmError,
  helmProgram,
  renderChart,
  renderChartTest,
  runHelm,
  type Values,
} from "./helm/helm.ts";

const helm = await requirePeer(helmProgram);
const manifests = new URL("../../deploy/manifests/", import.meta.url);

for (const [which, values] of Object.entries({ "its defaults": {}, "every option": allOptions })) {
  Deno.test(`Helm has nothing to say against the chart with ${which}`, async () => {
    const output = await runHelm(helm, ["lint", "--strict", fileURLToPath(chart)], values);
    assert.match(output, /1 chart\(s\) linted, 0 chart\(s\) failed/);
    assert.doesNotMatch(output, /\[(WARNING|ERROR)\]/);
  });
}

Deno.test("the plain manifests are what Helm makes of the chart", async () => {
  const files = manifestFiles(await renderChart(helm), await chartDigest(chart));
  assert.deepEqual(await yamlFiles(manifests), new Map([...files].sort()));
});

Deno.test("everything is in the release's namespace and speaks of it", async () => {
  const objects = await render(allOptions, "memory");
  const clusterWide = /^(Cluster|DeviceClass|ValidatingAdmission)/;
  for (const { kind, metadata } of objects) {
    assert.equal(metadata.namespace, clusterWide.test(kind) ? undefined : "memory", kind);
  }
  const binding = find(objects, "ClusterRoleBinding");
  assert.deepEqual(binding["subjects"], [{ kind: "ServiceAccount", name: "dramemory", namespace: "memory" }]);
  assert.ok(
    JSON.stringify(find(objects, "ValidatingAdmissionPolicy")).includes(
      "system:serviceaccount:memory:dramemory",
    ),
  );
});

Deno.test("the classes of any page sizes are those that the driver prints", async () => {
  const pageSizes = ["64k", "2m", "32m", "512m", "1g", "16g"];
  const rendered = (await render({ deviceClasses: { pageSizes } })).filter(({ kind }) =>
    kind === "DeviceClass"
  );
  const printed = deviceClasses(topologyOf([], { hugepageSizes: pageSizes.map(parsePageSize) }));
  const byName = (all: readonly KubernetesObject[]) =>
    new Map(all.map(({ apiVersion, metadata: { name }, spec }) => [name, { apiVersion, spec }]));
  assert.deepEqual(byName(rendered), byName(printed.map((one) => ({ ...one }))));
});

Deno.test("helm test claims from a class that the chart has made, and its pod is none of the DaemonSet's", async () => {
  for (const [pageSizes, className] of [[["64KB", "2m"], "dra.hugepages-64k"], [[], "dra.memory"]] as const) {
    const values = { ...allOptions, deviceClasses: { pageSizes } };
    const classes = (await render(values)).filter(({ kind }) => kind === "DeviceClass");
    assert.ok(classes.some(({ metadata }) => metadata.name === className));
    const text = await renderChartTest(helm, values);
    assert.ok(text.includes(`deviceClassName: ${className} }`));
    const pod = find(readObjects(text), "Pod");
    assert.equal(pod.metadata.labels?.["app.kubernetes.io/name"], "dramemory-test");
  }
});

Deno.test("what an option turns off is not there", async () => {
  const off = { create: false };
  const kinds = (await render({
    rbac: off,
    admissionPolicy: off,
    deviceClasses: off,
    serviceAccount: off,
    networkPolicy: off,
  }))
    .map(({ kind }) => kind);
  assert.deepEqual(kinds, ["DaemonSet"]);
});

Deno.test("the commands take the arguments that every option gives them", async () => {
  const { initContainers, containers } = podSpec(await render(allOptions));
  const [setupRuntime, setupHugepages, driver] = [...initContainers, ...containers];
  assert.ok(setupRuntime && setupHugepages && driver);
  for (
    const [command, container] of [
      [daemonCommand(), driver],
      [setupRuntimeCommand(), setupRuntime],
      [setupHugepagesCommand(), setupHugepages],
    ] as const
  ) {
    const [name, ...args] = container.args;
    assert.equal(name, command.name());
    let taken = false;
    command.exitOverride().action(() => void (taken = true)).parse(args, { from: "user" });
    assert.ok(taken);
  }
});

Deno.test("a page size may be spelt as a person spells it", async () => {
  const classes = (pageSizes: readonly string[]) =>
    render({ deviceClasses: { pageSizes } }).then((all) => all.filter(({ kind }) => kind === "DeviceClass"));
  assert.deepEqual(await classes(["64Ki", "2MB", "1Gi"]), await classes(["64k", "2m", "1g"]));
});

Deno.test("`enabled` says the same as `create`, and counts where both are given", async () => {
  const kinds = async (values: Values) => (await render(values)).map(({ kind }) => kind);
  assert.ok((await kinds({ networkPolicy: { enabled: true } })).includes("NetworkPolicy"));
  assert.ok(!(await kinds({ deviceClasses: { enabled: false } })).includes("DeviceClass"));
  assert.ok(!(await kinds({ podMonitor: { create: true, enabled: false } })).includes("PodMonitor"));
});

Deno.test("each of a node selector's alternatives is held to the processors that there is an image for", async () => {
  const pool = { matchExpressions: [{ key: "pool", operator: "In", values: ["a"] }] };
  const zone = { matchFields: [{ key: "metadata.name", operator: "In", values: ["n"] }] };
  const required = { nodeSelectorTerms: [pool, zone] };
  const podAntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [] };
  const { affinity } = podSpec(
    await render({
      architectures: ["arm64"],
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required },
        podAntiAffinity,
      },
    }),
  );
  const arm64 = { key: "kubernetes.io/arch", operator: "In", values: ["arm64"] };
  assert.deepEqual(affinity, {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [...pool.matchExpressions, arm64] },
          { ...zone, matchExpressions: [arm64] },
        ],
      },
    },
    podAntiAffinity,
  });
});

Deno.test("common labels are on everything, and on the driver's pods", async () => {
  const objects = await render({ ...allOptions, commonLabels: { "example.com/team": "platform" } });
  for (const { kind, metadata } of objects) {
    assert.equal(metadata.labels?.["example.com/team"], "platform", kind);
  }
});

Deno.test("the document for setup-hugepages is one that it reads", async () => {
  const [config] = (await render(allOptions)).filter(({ kind, metadata }) =>
    kind === "ConfigMap" && metadata.name === "dramemory-hugepages"
  );
  const { data } = v.parse(v.object({ data: v.object({ "pages.yaml": v.string() }) }), config);
  assert.deepEqual(
    parseProvisionDocument(data["pages.yaml"]).pages.map(({ pageSize, count, numaNode }) => [
      pageSize,
      count,
      numaNode,
    ]),
    [[1n << 30n, 8n, 0], [2n << 20n, 4096n, undefined]],
  );
});

Deno.test("only the restart of the runtime takes a privileged container and the host's processes", async () => {
  const setupRuntime = (restart: object) => ({ setupRuntime: { enabled: true, restart }, setupHugepages });
  const setupHugepages = { enabled: true, spec: { pages: [] } };
  const plain = podSpec(await render(setupRuntime({ enabled: false })));
  assert.deepEqual(privileged([...plain.initContainers, ...plain.containers]), []);
  assert.equal(plain["hostPID"], undefined);
  const restarting = podSpec(await render(setupRuntime({ enabled: true, image: "with-nsenter" })));
  assert.deepEqual(privileged([...restarting.initContainers, ...restarting.containers]), ["setup-runtime"]);
  assert.equal(restarting["hostPID"], true);
});

const refused: readonly (readonly [what: string, values: Values, message: RegExp])[] = [
  ["a misspelt value", { imagee: {} }, /imagee/],
  ["a misspelt value within another", { driver: { logfmt: "json" } }, /logfmt/],
  ["a log format that there is none", { driver: { logFormat: "xml" } }, /logFormat/],
  ["a page size that is none", { deviceClasses: { pageSizes: ["3Mi"] } }, /pageSizes/],
  ["a page size without its unit", { deviceClasses: { pageSizes: ["2"] } }, /pageSizes/],
  ["a page size of two spellings", { deviceClasses: { pageSizes: ["2m", "2Mi"] } }, /one size twice: 2m/],
  ["a document with a page size that is none", provisioned("3M"), /size/],
  ["a log level that there is none", { driver: { logLevel: 11 } }, /logLevel/],
  ["an update that may neither add nor remove", update(0, 0), /rollingUpdate/],
  ["an update that may neither add nor remove, in percent", update("0%", 0), /rollingUpdate/],
  ["an update that both adds and removes, as the API does", update(1, "10%"), /rollingUpdate/],
  ["a flag that has a value", flag("--cdi-dir=/etc/cdi"), /extraArgs has --cdi-dir.*set paths\.cdi/],
  ["a flag that has a value, spelt in two words", flag("--bind-address"), /set monitoringPort/],
  ["the log level as a flag", flag("-v4"), /extraArgs has -v.*set driver\.logLevel/],
  ["a label that selects the pods", { commonLabels: { "app.kubernetes.io/name": "x" } }, /commonLabels has/],
  ["such a label of the pods", { podLabels: { "app.kubernetes.io/instance": "x" } }, /podLabels has/],
  ["a reservation without a node", reserved("1Gi"), /reservedMemory/],
  ["a reservation by another name of the page size", reserved("0:hugepages-2M=2Mi"), /reservedMemory/],
  ["a reservation that is no quantity", reserved("0:memory=1Gib"), /reservedMemory/],
  ["a reservation on a range of nodes", reserved("0-1:memory=1Gi"), /reservedMemory/],
  ["an affinity that there is none", { affinity: { nodeAfinity: {} } }, /affinity/],
  ["an architecture without image", { architectures: ["s390x"] }, /architectures/],
  ["a path that is not absolute", { paths: { cdi: "cdi" } }, /cdi/],
  ["a port that there is none", { monitoringPort: 0 }, /monitoringPort/],
  ["a truth that is a text", { podMonitor: { create: "yes" } }, /podMonitor/],
  ["an argument that is no flag", { driver: { extraArgs: ["rm"] } }, /extraArgs/],
  ["a restart without an image", { setupRuntime: { restart: { enabled: true } } }, /image/],
  ["hugepages without pages", { setupHugepages: { enabled: true } }, /setupHugepages/],
  ["pages without a count", { setupHugepages: { spec: { pages: [{ size: "2M" }] } } }, /count/],
];
for (const [what, values, message] of refused) {
  Deno.test(`the chart refuses ${what}`, async () => {
    await assert.rejects(
      renderChart(helm, values),
      (error) => error instanceof HelmError && message.test(error.message),
    );
  });
}

function update(maxSurge: unknown, maxUnavailable: unknown): Values {
  return { rollingUpdate: { maxSurge, maxUnavailable } };
}

const reservations = [
  "",
  "0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi",
  "*:memory=5%,hugepages-1Gi=12.5%;1:memory=1e9",
  "0:memory=1.5Gi",
];
for (const text of reservations) {
  Deno.test(`the chart takes the reservation ${JSON.stringify(text)}, and so does the driver`, async () => {
    const [container] = podSpec(await render(reserved(text))).containers;
    assert.equal(container?.args?.includes(`--reserved-memory=${text}`), text !== "");
    parseReservation(text);
  });
}

Deno.test("the kubelet's reservation is read from its file, which the driver alone gets for that", async () => {
  const [container] = podSpec(await render(reserved("kubelet"))).containers;
  const config = "/var/lib/kubelet/config.yaml";
  assert.ok(container?.args?.includes(`--kubelet-config=${config}`));
  assert.deepEqual(container?.volumeMounts?.filter(({ mountPath }) => mountPath === config), [
    { name: "kubelet-config", mountPath: config, readOnly: true },
  ]);
});

function reserved(reservedMemory: string): Values {
  return { driver: { reservedMemory } };
}

function flag(argument: string): Values {
  return { driver: { extraArgs: [argument] } };
}

function provisioned(size: string): Values {
  return { setupHugepages: { enabled: true, spec: { pages: [{ size, count: 1 }] } } };
}

async function render(values: Values, namespace?: string): Promise<KubernetesObject[]> {
  return readObjects(await renderChart(helm, values, namespace));
}

function find(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const found = objects.find((object) => object.kind === kind);
  assert.ok(found, kind);
  return found;
}

function podSpec(objects: readonly KubernetesObject[]) {
  return v.parse(daemonSet, find(objects, "DaemonSet")).spec.template.spec;
}

function privileged(containers: readonly Container[]): string[] {
  return containers.filter(({ securityContext }) => "privileged" in securityContext).map(({ name }) => name);
}
