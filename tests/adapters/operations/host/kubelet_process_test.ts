import assert from "node:assert/strict";
import { findKubelet } from "../../../../adapters/operations/host/kubelet_process.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";

/** The command line of the kubelet on a machine with some processes and files; undefined where there is none. */
async function kubeletOf(
  processes: Record<string, string[]>,
  files: Record<string, string> = {},
): Promise<readonly string[] | undefined> {
  const proc = await Deno.makeTempDir({ prefix: "dramemory-proc-" });
  try {
    for (const [number, line] of Object.entries(processes)) {
      await Deno.mkdir(`${proc}/${number}`);
      await Deno.symlink("/srv/kubelet", `${proc}/${number}/cwd`);
      await Deno.writeTextFile(`${proc}/${number}/cmdline`, line.map((argument) => `${argument}\0`).join(""));
    }
    return (await findKubelet(proc, memoryFiles(files)))?.commandLine;
  } finally {
    await Deno.remove(proc, { recursive: true });
  }
}

Deno.test("a kubelet that is a process of its own tells its flags", async () => {
  const line = ["/var/lib/k0s/bin/kubelet", "--config=/var/lib/k0s/kubelet-config.yaml"];
  assert.deepEqual(await kubeletOf({ "9": line, "4": ["/usr/local/bin/k0s", "worker"] }), line);
});

Deno.test("relative paths begin where the kubelet works", async () => {
  const line = [
    "kubelet",
    "--config",
    "kubelet.yaml",
    "--config-dir=../conf.d",
    "-root-dir=/var/lib/kubelet",
    "--v",
    "2",
  ];
  assert.deepEqual(await kubeletOf({ "9": line }), [
    ...["kubelet", "--config", "/srv/kubelet/kubelet.yaml", "--config-dir=/srv/conf.d"],
    ...["-root-dir=/var/lib/kubelet", "--v", "2"],
  ]);
});

Deno.test("the kubelet in k3s has k3s's socket and drop-ins, and the flags that k3s was given for it", async () => {
  const rancher = "--config-dir=/var/lib/rancher/k3s/agent/etc/kubelet.conf.d";
  const socket = "--container-runtime-endpoint=unix:///run/k3s/containerd/containerd.sock";
  assert.deepEqual(await kubeletOf({ "4": ["/usr/local/bin/k3s server"] }), ["kubelet", rancher, socket]);
  const line = ["k3s", "agent", "--kubelet-arg=memory-manager-policy=Static", "--data-dir=/srv/k3s"];
  const config = { "/etc/rancher/k3s/config.yaml": "kubelet-arg:\n  - config=/etc/k.yaml\n" };
  assert.deepEqual(await kubeletOf({ "4": line }, config), [
    "kubelet",
    "--config-dir=/srv/k3s/agent/etc/kubelet.conf.d",
    socket,
    "--config=/etc/k.yaml",
    "--memory-manager-policy=Static",
  ]);
});

Deno.test("drop-ins of k3s's configuration replace what came before, or add to it", async () => {
  const place = "/etc/rancher/k3s/config.yaml";
  const flags = async (files: Record<string, string>, ...more: string[]) =>
    (await kubeletOf({ "4": ["k3s", "agent", ...more] }, files))?.slice(3);
  const files = {
    [place]: "kubelet-arg: [config=/etc/k.yaml]\n",
    [`${place}.d/10-a.yaml`]: "kubelet-arg+: [memory-manager-policy=Static]\n",
    [`${place}.d/notes.txt`]: "kubelet-arg: [config=/etc/unread.yaml]\n",
    [`${place}.d/old/a.yaml`]: "kubelet-arg: [config=/etc/unread.yaml]\n",
  };
  assert.deepEqual(await flags(files), ["--config=/etc/k.yaml", "--memory-manager-policy=Static"]);
  const last = { ...files, [`${place}.d/20-b.yml`]: "kubelet-arg: v=2\ndata-dir: /srv/k3s\n" };
  assert.deepEqual(await flags(last), ["--v=2"]);
  assert.equal(
    (await kubeletOf({ "4": ["k3s", "agent"] }, last))?.[1],
    "--config-dir=/srv/k3s/agent/etc/kubelet.conf.d",
  );
  const elsewhere = { "/srv/c.yaml.d/a.yaml": "kubelet-arg: v=3\n" };
  assert.deepEqual(await flags({ ...files, ...elsewhere }, "--config", "/srv/c.yaml"), ["--v=3"]);
});

Deno.test("k3s's own tools are no kubelet", async () => {
  assert.equal(await kubeletOf({ "4": ["k3s", "kubectl", "get", "nodes"] }), undefined);
});

Deno.test("the kubelet in MicroK8s's kubelite has the flags of a file", async () => {
  const path = "/var/snap/microk8s/7000/args/kubelet";
  const text = "--root-dir=${SNAP_COMMON}/var/lib/kubelet\n# a comment\n--config=$SNAP_DATA/args/k.yaml\n";
  const line = ["/snap/microk8s/7000/kubelite", "--kubelet-args-file", path];
  assert.deepEqual(await kubeletOf({ "4": line }, { [path]: text }), [
    "kubelet",
    "--root-dir=/var/snap/microk8s/common/var/lib/kubelet",
    "--config=/var/snap/microk8s/7000/args/k.yaml",
  ]);
});
