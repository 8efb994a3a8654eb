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
    memoryManager: { kind: "known", policy: "Static", source: usual },
    runtimeEndpoint: "unix:///run/containerd/containerd.sock",
  });
});

Deno.test("a file that sets no policy leaves the default, None", async () => {
  assert.equal(await policy({ [usual]: "kind: KubeletConfiguration\n" }), "None");
  assert.equal(await policy({ [usual]: "" }), "None");
});

Deno.test("the kubelet that runs names its file, and --kubelet-config another one", async () => {
  const files = { [usual]: config("None"), "/etc/a.yaml": config("Static"), "/etc/b.yaml": config("Own") };
  const line = ["/usr/bin/kubelet", "--config", "/etc/a.yaml"];
  assert.equal(await policy(files, line), "Static");
  assert.equal(await policy(files, line, "/etc/b.yaml"), "Own");
});

Deno.test("drop-ins that end in .conf win over the file by name, and flags over them all", async () => {
  const files = {
    [usual]: config("None"),
    "/etc/kubelet.d/10-a.conf": config("Static"),
    "/etc/kubelet.d/20-b.conf": config("Last"),
    "/etc/kubelet.d/30-c.yaml": config("Unread"),
  };
  const line = ["kubelet", "--config-dir=/etc/kubelet.d"];
  assert.equal(await policy(files, line), "Last");
  assert.equal(await policy(files, [...line, "--memory-manager-policy=Static"]), "Static");
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
