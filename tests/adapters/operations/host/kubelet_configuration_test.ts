import assert from "node:assert/strict";
import { readKubeletConfiguration } from "../../../../adapters/operations/host/kubelet_configuration.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";

const usual = "/var/lib/kubelet/config.yaml";

/** The start of what kubeadm writes, with a policy. */
function config(policy: string): string {
  return `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
memoryManagerPolicy: ${policy}
`;
}

async function policy(files: Record<string, string>, commandLine?: string[], file?: string) {
  const { memoryManager } = await readKubeletConfiguration({ file, commandLine }, memoryFiles(files));
  return memoryManager.kind === "known" ? memoryManager.policy : memoryManager;
}

Deno.test("the policy and the runtime's socket stand in the kubelet's file", async () => {
  const found = await readKubeletConfiguration(
    { file: undefined, commandLine: undefined },
    memoryFiles({ [usual]: config("Static") }),
  );
  assert.deepEqual(found, {
    memoryManager: { kind: "known", policy: "Static", setBy: { kind: "file", path: usual } },
    runtimeEndpoint: "unix:///run/containerd/containerd.sock",
    countsClaims: false,
  });
});

Deno.test("whether the kubelet counts claims is said by its feature gate: flag, drop-in, file, and off by default", async () => {
  const gates = (value: boolean) => `featureGates: { DRANodeAllocatableResources: ${value}, Other: true }\n`;
  const files = { [usual]: gates(true), "/etc/kubelet.d/10-a.conf": gates(false) };
  const counts = async (commandLine?: string[], found: Record<string, string> = files) =>
    (await readKubeletConfiguration({ file: undefined, commandLine }, memoryFiles(found))).countsClaims;
  assert.equal(await counts(), true);
  assert.equal(await counts(["kubelet", `--config=${usual}`, "--config-dir=/etc/kubelet.d"]), false);
  const gate = (value: boolean) => `--feature-gates=DRANodeAllocatableResources=${value}`;
  assert.equal(await counts(["kubelet", gate(true), "--feature-gates=A=true"]), true);
  assert.equal(await counts(["kubelet", gate(true), gate(false)]), false);
  assert.equal(await counts(["kubelet", "--feature-gates=A=true,DRANodeAllocatableResources=false"]), false);
  assert.equal(await counts(["kubelet"], {}), false);
  assert.equal(await counts(undefined, {}), undefined);
});

Deno.test("a flag's name may be written with underscores, as the kubelet takes them for dashes", async () => {
  assert.equal(await policy({}, ["kubelet", "--memory_manager_policy=Static"]), "Static");
  assert.equal(
    await policy({ "/k.yaml": config("Static") }, ["kubelet", "--config_dir=/none", "--config=/k.yaml"]),
    "Static",
  );
});

Deno.test("a file is YAML 1.1 as the kubelet reads it: mappings are merged, and yes is true", async () => {
  const merged = "x: &x { memoryManagerPolicy: Static }\n<<: *x\n";
  assert.equal(await policy({ [usual]: merged }), "Static");
  const gates = memoryFiles({ [usual]: "featureGates: { DRANodeAllocatableResources: yes }\n" });
  const { countsClaims } = await readKubeletConfiguration({ file: undefined, commandLine: undefined }, gates);
  assert.equal(countsClaims, true);
});

Deno.test("a file that sets no policy leaves the default, None", async () => {
  assert.equal(await policy({ [usual]: "kind: KubeletConfiguration\n" }), "None");
});

const noConfigurations: Record<string, [text: string, reason: string]> = {
  "nothing": ["# empty\n", "there is nothing in it, and no kubelet starts with that"],
  "a list": ["- a\n", "it is no KubeletConfiguration"],
  "a word": ["None\n", "it is no KubeletConfiguration"],
  "another kind": ["kind: Pod\nmetadata: {}\n", "its kind is Pod, and KubeletConfiguration is wanted"],
};
for (const [what, [text, reason]] of Object.entries(noConfigurations)) {
  Deno.test(`a file with ${what} in it is not taken for the defaults`, async () => {
    assert.deepEqual(await policy({ [usual]: text }), {
      kind: "unknown",
      reason: `Cannot read ${usual}, the kubelet's configuration: ${reason}`,
    });
  });
}

Deno.test("a drop-in with nothing in it sets nothing", async () => {
  const files = { [usual]: config("Static"), "/etc/d/a.conf": "# nothing\n" };
  assert.equal(await policy(files, ["kubelet", `--config=${usual}`, "--config-dir=/etc/d"]), "Static");
});

Deno.test("the kubelet that runs names its file, and --kubelet-config another one", async () => {
  const files = { [usual]: config("None"), "/etc/a.yaml": config("Static"), "/etc/b.yaml": config("Own") };
  const line = ["/usr/bin/kubelet", "--config", "/etc/a.yaml"];
  assert.equal(await policy(files, line), "Static");
  assert.equal(await policy(files, line, "/etc/b.yaml"), "Own");
});

Deno.test("a file that was named and is not there is not taken for the defaults, whoever named it", async () => {
  const reason = "Cannot read /etc/gone.yaml, the kubelet's configuration: it is not there";
  const line = ["kubelet", "--config=/etc/gone.yaml"];
  assert.deepEqual(await policy({ [usual]: config("None") }, line), { kind: "unknown", reason });
  assert.deepEqual(await policy({}, undefined, "/etc/gone.yaml"), { kind: "unknown", reason });
  assert.equal(await policy({}, [...line, "--memory-manager-policy=Static"]), "Static");
});

Deno.test("drop-ins that end in .conf win over the file by name, and flags over them all", async () => {
  const files = {
    [usual]: config("None"),
    "/etc/kubelet.d/10-a.conf": config("Static"),
    "/etc/kubelet.d/20-b.conf": config("Last"),
    "/etc/kubelet.d/30-c.yaml": config("Unread"),
  };
  const line = ["kubelet", `--config=${usual}`, "--config-dir=/etc/kubelet.d"];
  assert.equal(await policy(files, line), "Last");
  assert.equal(await policy(files, [...line, "--memory-manager-policy=Static"]), "Static");
});

Deno.test("drop-ins are read in the whole tree, each directory at its place by name", async () => {
  const files = {
    "/etc/kubelet.d/10-a.conf": config("First"),
    "/etc/kubelet.d/20/30-b.conf": config("Nested"),
    "/etc/kubelet.d/20/40.conf/c.yaml": config("Unread"),
  };
  const line = ["kubelet", "--config-dir=/etc/kubelet.d"];
  assert.equal(await policy(files, line), "Nested");
  assert.equal(await policy({ ...files, "/etc/kubelet.d/3.conf": config("Last") }, line), "Last");
});

Deno.test("of a key that comes twice the last one counts, as the kubelet decodes it", async () => {
  assert.equal(await policy({ [usual]: `podPidsLimit: 1\n${config("Static")}podPidsLimit: 2\n` }), "Static");
  assert.equal(await policy({ [usual]: `${config("None")}memoryManagerPolicy: Static\n` }), "Static");
});

Deno.test("a kubelet that runs and was told of no file reads none, whatever is at the usual place", async () => {
  assert.equal(await policy({ [usual]: config("Static") }, ["kubelet", "--v=2"]), "None");
});

Deno.test("a null in a drop-in takes back what files before it say", async () => {
  const files = { [usual]: config("Static"), "/etc/d/a.conf": "memoryManagerPolicy: null\n" };
  assert.equal(await policy(files, ["kubelet", `--config=${usual}`, "--config-dir=/etc/d"]), "None");
});

Deno.test("a flag decides before any file, also before one that cannot be read", async () => {
  const line = ["kubelet", `--config=${usual}`, "--memory-manager-policy=Static"];
  assert.equal(await policy({ [usual]: "a: [\n" }, line), "Static");
});

Deno.test("a kubelet that names no socket uses containerd's usual one; without a kubelet nothing is told", async () => {
  const endpoint = async (files: Record<string, string>, commandLine?: string[]) =>
    (await readKubeletConfiguration({ file: undefined, commandLine }, memoryFiles(files))).runtimeEndpoint;
  assert.equal(await endpoint({}, ["kubelet"]), "unix:///run/containerd/containerd.sock");
  assert.equal(await endpoint({ [usual]: "kind: KubeletConfiguration\n" }), undefined);
  const flag = "--container-runtime-endpoint=unix:///run/k3s/containerd/containerd.sock";
  assert.equal(await endpoint({ [usual]: config("None") }, ["kubelet", flag]), flag.split("=")[1]);
});

Deno.test("without a file or a kubelet nothing is known; of a kubelet without a file the default is", async () => {
  const unknown = await policy({});
  assert(typeof unknown === "object");
  assert.match(
    unknown.kind === "unknown" ? unknown.reason : "",
    /config.yaml is not there, and no kubelet is seen/,
  );
  assert.equal(await policy({}, ["kubelet"]), "None");
});

Deno.test("a file that is no YAML is told as such", async () => {
  const found = await policy({ [usual]: "a: [\n" });
  assert(typeof found === "object" && found.kind === "unknown");
  assert.match(found.reason, /^Cannot read \/var\/lib\/kubelet\/config.yaml as YAML: /);
});

Deno.test("of several documents the first counts, as the kubelet decodes it", async () => {
  assert.equal(await policy({ [usual]: `---\n${config("Static")}---\n${config("None")}` }), "Static");
});

Deno.test("what is no text where one is wanted is told, and not taken for the default", async () => {
  assert.deepEqual(await policy({ [usual]: config("[Static]") }), {
    kind: "unknown",
    reason: `Cannot read ${usual}, the kubelet's configuration: memoryManagerPolicy is no text`,
  });
});
