import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { parseProvisionDocument } from "../../adapters/operations/provision_document/parse_document.ts";
import { daemonCommand } from "../../cmd/daemon/daemon.ts";
import { withoutEqualsSigns } from "../../cmd/ui/short_options.ts";
import { setupHugepagesCommand } from "../../cmd/setup_hugepages/setup_hugepages.ts";
import { parseReservation, ReservedMemoryError } from "../../core/devices/reservation.ts";
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

Deno.test("Helm 4 removes what helm test made", async () => {
  const text = await renderChartTest(helm);
  const removed = "helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded\n";
  assert.equal(text.split(removed).length - 1, 2);
});

for (const off of [{ create: false }, { enabled: false }]) {
  Deno.test(`what an option turns off by ${JSON.stringify(off)} is not there`, async () => {
    const kinds = (await render({
      rbac: off,
      admissionPolicy: off,
      deviceClasses: off,
      serviceAccount: off,
      networkPolicy: off,
    })).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["DaemonSet"]);
  });
}

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
    command.exitOverride().action(() => void (taken = true)).parse(withoutEqualsSigns(args), {
      from: "user",
    });
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

const required = "requiredDuringSchedulingIgnoredDuringExecution";
const refused: readonly (readonly [what: string, values: Values, message: RegExp])[] = [
  ["a misspelt value", { imagee: {} }, /imagee/],
  ["a misspelt value within another", { driver: { logfmt: "json" } }, /logfmt/],
  ["a log format that there is none", { driver: { logFormat: "xml" } }, /logFormat/],
  ["a page size that is none", { deviceClasses: { pageSizes: ["3Mi"] } }, /pageSizes/],
  ["a page size without its unit", { deviceClasses: { pageSizes: ["2"] } }, /pageSizes/],
  ["a page size of two spellings", { deviceClasses: { pageSizes: ["2m", "2Mi"] } }, /one size twice: 2m/],
  ["a document with a page size that is none", provisioned("3M"), /size/],
  ["a document with a page size in kB that is none", provisioned("3kB"), /size/],
  ["a document with a page size in bytes that is none", provisioned(65537), /size/],
  ["a document with a default size that is none", pages([], "big"), /defaultHugepagesSize/],
  [
    "a document with one size twice",
    pages([{ size: "2M" }, { size: "2048kB", node: 0 }]),
    /names 2048kB twice/,
  ],
  ["a log level that there is none", { driver: { logLevel: 11 } }, /logLevel/],
  ["an update that may neither add nor remove", update(0, 0), /rollingUpdate/],
  ["an update that may neither add nor remove, in percent", update("0%", 0), /rollingUpdate/],
  ["an update by a text that is no percentage", update("1", 0), /rollingUpdate/],
  ["an update by more than all", update("150%", 0), /rollingUpdate/],
  ["an update that both adds and removes, as the API does", update(1, "10%"), /rollingUpdate/],
  ["a flag that has a value", flag("--cdi-dir=/etc/cdi"), /extraArgs has --cdi-dir.*set paths\.cdi/],
  ["a flag that has a value, spelt in two words", flag("--bind-address"), /set monitoringPort/],
  ["the log level as a flag", flag("-v4"), /extraArgs has -v.*set driver\.logLevel/],
  [
    "what is kept, in strict words, as a flag",
    flag("--reserved-memory-strict"),
    /set driver\.reservedMemoryStrict/,
  ],
  ["the firmware's table as a flag", flag("--smbios-table=/x"), /set driver\.smbiosTable/],
  ["the kubelet's file as a flag", flag("--kubelet-config=/x"), /set driver\.reservedMemory to kubelet/],
  [
    "a flag that the driver does not know",
    flag("--nonsense=1"),
    /--nonsense, which the driver does not know/,
  ],
  ["a flag that would end the driver", flag("--help"), /--help, which the driver does not know/],
  ["a flag and its value in one text", flag("--kube-api-qps 20"), /write it as --kube-api-qps=NUMBER/],
  ["a flag without its value", flag("--kubeconfig"), /write it as --kubeconfig=VALUE/],
  ["a switch with a value", flag("--numa-node-list=true"), /write it as --numa-node-list/],
  ["the node's name in another way", env("NODE_NAME", "x"), /extraEnv has NODE_NAME, which the chart sets/],
  ["a number in the environment", env("A", 1), /extraEnv/],
  ["a variable that comes twice", { extraEnv: [{ name: "A" }, { name: "A" }] }, /extraEnv has A twice/],
  ["a volume of the chart's name", { extraVolumes: [{ name: "cdi" }] }, /extraVolumes has cdi, which is/],
  [
    "a mount of a volume that there is none",
    mounts("none", "/x"),
    /extraVolumeMounts has none, and .*extraVolumes/,
  ],
  ["a mount where the chart has one", mounts("cdi", "/var/run/cdi"), /two volumes at \/var\/run\/cdi/],
  ["a label that is none", { podLabels: { "a b": "c" } }, /podLabels/],
  ["a label's value that is none", { commonLabels: { a: "b c" } }, /commonLabels/],
  ["a node that is not Linux's", { nodeSelector: { "kubernetes.io/os": "windows" } }, /nodeSelector/],
  ["an amount that is none", { resources: { limits: { memory: "1Gib" } } }, /resources/],
  ["a toleration that there is none", { tolerations: [{ operator: "Exist" }] }, /tolerations/],
  ["an image with its tag", { image: { repository: "example.com/dramemory:1" } }, /repository/],
  ["a tag that is none", { image: { tag: "a b" } }, /tag/],
  ["a list where an affinity has terms", { affinity: { nodeAffinity: { [required]: [] } } }, /affinity/],
  ["a label that selects the pods", { commonLabels: { "app.kubernetes.io/name": "x" } }, /commonLabels has/],
  ["such a label of the rules", ruleLabels("app.kubernetes.io/name"), /prometheusRule\.labels has/],
  ["such a label of the pods", { podLabels: { "app.kubernetes.io/instance": "x" } }, /podLabels has/],
  ["an affinity that there is none", { affinity: { nodeAfinity: {} } }, /affinity/],
  ["an architecture without image", { architectures: ["s390x"] }, /architectures/],
  ["a path that is not absolute", { paths: { cdi: "cdi" } }, /cdi/],
  ["a port that there is none", { monitoringPort: 0 }, /monitoringPort/],
  ["a truth that is a text", { podMonitor: { create: "yes" } }, /podMonitor/],
  ["a path that leads up", { paths: { cdi: "/var/../cdi" } }, /cdi/],
  ["an account that could not be called so", { serviceAccount: { name: "A b" } }, /serviceAccount\/name/],
  [
    "a ConfigMap that could not be called so",
    { setupHugepages: { existingConfigMap: "A b" } },
    /existingConfigMap/,
  ],
  [
    "a namespace that could not be called so",
    { ordinaryHugepagesPolicy: { exceptNamespaces: ["A b"] } },
    /exceptN/,
  ],
  ["a directory for containerd's file", configured("containerd", "/etc/containerd"), /main file is wanted/],
  ["a file for CRI-O's directory", configured("crio", "/etc/crio/crio.conf"), /directory is wanted/],
  ["two places of CRI-O, of which one could be mounted", configured("crio", "/a.conf:/b"), /configuration/],
  ["a number that is none, as a flag", flag("--compare-period=x"), /write it as --compare-period=NUMBER/],
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
  "0:memory=100%; 1023:hugepages-64Ki=1.25M",
  "0:memory=16777216Ki",
];
for (const text of reservations) {
  Deno.test(`the chart takes the reservation ${JSON.stringify(text)}, and so does the driver`, async () => {
    const [container] = podSpec(await render(reserved(text))).containers;
    assert.equal(container?.args?.includes(`--reserved-memory=${text}`), text !== "");
    parseReservation(text);
  });
}

const noReservations = [
  "1Gi",
  "0:hugepages-3Mi=6Mi",
  "0:memory=1Gib",
  "0:memory=150%",
  "0:memory=1.5",
  "0:memory=0.3Gi",
  "0:memory=1e99",
  "0-1:memory=1Gi",
  "1024:memory=1Gi",
  "0:memory=1Gi,memory=2Gi",
  "0:hugepages-2Mi=2Mi;00:hugepages-2M=4Mi",
  "*:memory=5%;*:memory=6%",
  "0:cpu=1",
  "0:memory=1Gi;",
];
for (const text of noReservations) {
  Deno.test(`the chart refuses the reservation ${JSON.stringify(text)}, and so does the driver`, async () => {
    assert.throws(() => parseReservation(text), ReservedMemoryError);
    await assert.rejects(
      renderChart(helm, reserved(text)),
      (error) => error instanceof HelmError && /driver\.reservedMemory/.test(error.message),
    );
  });
}

Deno.test("the chart knows each flag of the driver", async () => {
  const checks = await Deno.readTextFile(new URL("templates/checks/_extra_args.tpl", chart));
  const known = new Set([...checks.matchAll(/^ {2}"(-v|--[a-z-]+)" /gm)].map(([, flag = ""]) => flag));
  const flags = daemonCommand().options.map(({ long, short }) => long ?? short ?? "");
  assert.deepEqual([...known].sort(), flags.sort());
});

Deno.test("a label of the pods stands above a common one, and what the chart writes itself may be given once more", async () => {
  const text = await renderChart(helm, {
    ...allOptions,
    commonLabels: { team: "platform" },
    podLabels: { team: "memory" },
    prometheusRule: { create: true, labels: { team: "alerts" } },
    nodeSelector: { "kubernetes.io/os": "linux" },
    podAnnotations: { "kubectl.kubernetes.io/default-container": "sidecar" },
  });
  // This reader refuses keys that come twice.
  const objects = readObjects(text);
  assert.equal(find(objects, "PrometheusRule").metadata.labels?.["team"], "alerts");
  const { template } = v.parse(daemonSet, find(objects, "DaemonSet")).spec;
  assert.equal(template.metadata.labels["team"], "memory");
  assert.equal(template.metadata.annotations["kubectl.kubernetes.io/default-container"], "sidecar");
});

Deno.test("the kubelet's reservation is read from its file, which the driver alone gets for that", async () => {
  const [container] = podSpec(await render(reserved("kubelet"))).containers;
  const config = "/var/lib/kubelet/config.yaml";
  assert.ok(container?.args?.includes(`--kubelet-config=${config}`));
  assert.deepEqual(container?.volumeMounts?.filter(({ mountPath }) => mountPath === config), [
    { name: "kubelet-config", mountPath: config, readOnly: true },
  ]);
});

Deno.test("the firmware's table is given to the driver where that is wanted, alone and read-only", async () => {
  const { containers: [container], volumes } = podSpec(await render({ driver: { smbiosTable: true } }));
  const mounts = container?.volumeMounts?.filter(({ name }) => name === "smbios-table");
  const [{ mountPath } = { mountPath: "" }] = mounts ?? [];
  assert.deepEqual(mounts, [{ name: "smbios-table", mountPath, readOnly: true }]);
  assert.ok(container?.args?.includes(`--smbios-table=${mountPath}`));
  // What is mounted below it is hidden with it.
  assert.doesNotMatch(mountPath, /^\/sys\/firmware/);
  assert.deepEqual(volumes?.filter(({ name }) => name === "smbios-table"), [
    { name: "smbios-table", hostPath: { path: "/sys/firmware/dmi/tables/DMI", type: "File" } },
  ]);
});

function reserved(reservedMemory: string): Values {
  return { driver: { reservedMemory } };
}

function configured(runtime: string, configuration: string): Values {
  return { setupRuntime: { enabled: true, runtime, configuration } };
}

function flag(argument: string): Values {
  return { driver: { extraArgs: [argument] } };
}

function env(name: string, value: unknown): Values {
  return { extraEnv: [{ name, value }] };
}

function mounts(name: string, mountPath: string): Values {
  return { extraVolumeMounts: [{ name, mountPath }] };
}

function ruleLabels(key: string): Values {
  return { prometheusRule: { labels: { [key]: "x" } } };
}

function provisioned(size: string | number): Values {
  return pages([{ size }]);
}

function pages(pages: readonly object[], defaultHugepagesSize = "2M"): Values {
  const counted = pages.map((page) => ({ ...page, count: 1 }));
  return { setupHugepages: { enabled: true, spec: { pages: counted, defaultHugepagesSize } } };
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
