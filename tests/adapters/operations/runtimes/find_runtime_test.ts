import assert from "node:assert/strict";
import { findRuntime, type RuntimeHints } from "../../../../adapters/operations/runtimes/find_runtime.ts";
import { restartText, setupCommand } from "../../../../adapters/operations/runtimes/remedies.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";

/** A running program: its command line, the service that it belongs to, and its environment. */
type Running = readonly [line: string, service?: string, environment?: string];

interface Machine {
  readonly hints?: Partial<RuntimeHints>;
  readonly processes?: readonly Running[];
  readonly files?: Readonly<Record<string, string>>;
}

async function find({ hints = {}, processes = [], files = {} }: Machine) {
  const procfsRoot = await Deno.makeTempDir({ prefix: "dramemory-proc-" });
  try {
    for (const [index, [line, service, environment]] of processes.entries()) {
      const directory = `${procfsRoot}/${100 + index}`;
      await Deno.mkdir(directory);
      await Deno.writeTextFile(`${directory}/cmdline`, line.replaceAll(" ", "\0"));
      if (service !== undefined) {
        await Deno.writeTextFile(`${directory}/cgroup`, `0::/system.slice/${service}.service\n`);
      }
      if (environment !== undefined) {
        await Deno.writeTextFile(`${directory}/environ`, environment.replaceAll(" ", "\0"));
      }
    }
    const unknown = { runtime: undefined, configuration: undefined, endpoint: undefined };
    return await findRuntime({ ...unknown, procfsRoot, ...hints }, memoryFiles(files));
  } finally {
    await Deno.remove(procfsRoot, { recursive: true });
  }
}

/** What is found, in short: name, configuration, distribution, services and program. */
async function summary(machine: Machine): Promise<string[]> {
  const found = await find(machine);
  if (found.kind !== "found") return [found.kind];
  const { runtime, configuration, distribution, services, program } = found;
  return [runtime.name, configuration, distribution?.name ?? "-", services.join("|"), program];
}

const usual = "/etc/containerd/config.toml";
const usualSocket = "unix:///run/containerd/containerd.sock";
const docker: Running = ["/usr/bin/containerd", "containerd"];
const rancher = "/var/lib/rancher/k3s/agent/etc/containerd/config.toml";
const k3sBinary = "/var/lib/rancher/k3s/data/abc/bin/containerd";
const k3s: Running = [`${k3sBinary} -c ${rancher}`, "k3s-agent"];
const k3sConfig = { [rancher]: 'version = 3\n[grpc]\naddress = "/run/k3s/containerd/containerd.sock"\n' };
const k3sSocket = "unix:///run/k3s/containerd/containerd.sock";
const rke2 = "/var/lib/rancher/rke2/agent/etc/containerd/config.toml";
const k0s =
  "/var/lib/k0s/bin/containerd --address=/run/k0s/containerd.sock --config=/etc/k0s/containerd.toml";
const snap = "/var/snap/microk8s/7000/args/containerd.toml";
const snapSocket = "/var/snap/microk8s/common/run/containerd.sock";
const microk8s = `/snap/microk8s/7000/bin/containerd --config ${snap} --address ${snapSocket}`;

const machines: Record<string, [Machine, string[]]> = {
  "the kubelet's containerd, at its usual place": [
    { hints: { endpoint: usualSocket }, processes: [docker] },
    ["containerd", usual, "-", "containerd", "/usr/bin/containerd"],
  ],
  "the kubelet's CRI-O, also beside a containerd": [
    { hints: { endpoint: "unix:///var/run/crio/crio.sock" }, processes: [docker, ["/usr/bin/crio", "crio"]] },
    ["crio", "/etc/crio", "-", "crio", "/usr/bin/crio"],
  ],
  "a CRI-O that was started with files elsewhere": [
    { processes: [["/usr/bin/crio --config /srv/main.conf --config-dir=/srv/parts", "crio"]] },
    ["crio", "/srv/main.conf:/srv/parts", "-", "crio", "/usr/bin/crio"],
  ],
  "a CRI-O that was started with a directory elsewhere": [
    { processes: [["/usr/bin/crio -c /srv/crio/crio.conf -d /srv/crio/crio.conf.d/", "crio"]] },
    ["crio", "/srv/crio", "-", "crio", "/usr/bin/crio"],
  ],
  "a CRI-O that was started without a main file": [
    { processes: [["/usr/bin/crio --config= --listen /srv/crio.sock", "crio"]] },
    ["crio", "/dev/null:/etc/crio/crio.conf.d", "-", "crio", "/usr/bin/crio"],
  ],
  "the CRI-O of the kubelet's socket, as its files say": [
    {
      hints: { endpoint: "unix:///srv/crio.sock" },
      processes: [["/usr/bin/crio", "crio"], ["/usr/bin/crio -c /srv/crio.conf", "crio-srv"]],
      files: { "/srv/crio.conf": '[crio.api]\nlisten = "/srv/crio.sock"\n' },
    },
    ["crio", "/srv/crio.conf:/etc/crio/crio.conf.d", "-", "crio-srv", "/usr/bin/crio"],
  ],
  "the one that is named, whatever the kubelet uses": [
    { hints: { runtime: "crio", endpoint: usualSocket }, processes: [docker] },
    ["crio", "/etc/crio", "-", "crio", "crio"],
  ],
  "k3s's containerd beside Docker's": [
    { hints: { endpoint: k3sSocket }, processes: [docker, k3s], files: k3sConfig },
    ["containerd", rancher, "k3s", "k3s-agent", k3sBinary],
  ],
  "Docker's containerd beside k3s's, where the kubelet uses that": [
    { hints: { endpoint: usualSocket }, processes: [k3s, docker], files: k3sConfig },
    ["containerd", usual, "-", "containerd", "/usr/bin/containerd"],
  ],
  "k0s's containerd beside Docker's": [
    { hints: { endpoint: "unix:///run/k0s/containerd.sock" }, processes: [docker, [k0s, "k0sworker"]] },
    ["containerd", "/etc/k0s/containerd.toml", "k0s", "k0sworker", "/var/lib/k0s/bin/containerd"],
  ],
  "MicroK8s's containerd beside Docker's": [
    { hints: { endpoint: snapSocket }, processes: [docker, [microk8s, "snap.microk8s.daemon-containerd"]] },
    ["containerd", snap, "MicroK8s", "snap.microk8s.daemon-containerd", "/snap/microk8s/7000/bin/containerd"],
  ],
  "RKE2's configuration by the kubelet's socket, where no containerd is seen": [
    { hints: { endpoint: k3sSocket }, files: { [rke2]: "", [usual]: "" } },
    ["containerd", rke2, "RKE2", "rke2-server|rke2-agent", "/var/lib/rancher/rke2/bin/containerd"],
  ],
  "k3s's configuration by its place, where nothing is seen": [
    { files: k3sConfig },
    ["containerd", rancher, "k3s", "k3s|k3s-agent", "/var/lib/rancher/k3s/data/current/bin/containerd"],
  ],
  "the configuration that is named, and the process that was started with it": [
    { hints: { configuration: rancher }, processes: [docker, k3s], files: k3sConfig },
    ["containerd", rancher, "k3s", "k3s-agent", k3sBinary],
  ],
  "the configuration that is named, of which nothing more is known": [
    { hints: { configuration: "/srv/containerd.toml" }, files: { "/srv/containerd.toml": "" } },
    ["containerd", "/srv/containerd.toml", "-", "", "containerd"],
  ],
  "a first configuration where the runtime that runs was told to read one": [
    { hints: { configuration: "/srv/c.toml" }, processes: [["/usr/bin/containerd -c /srv/c.toml", "srv"]] },
    ["containerd", "/srv/c.toml", "-", "srv", "/usr/bin/containerd"],
  ],
  "a first configuration at a distribution's place": [
    { hints: { configuration: "/etc/k0s/containerd.toml" } },
    [
      "containerd",
      "/etc/k0s/containerd.toml",
      "k0s",
      "k0sworker|k0scontroller",
      "/var/lib/k0s/bin/containerd",
    ],
  ],
  "CRI-O's drop-ins elsewhere, without a main file": [
    { hints: { runtime: "crio", configuration: "/srv/crio" }, files: { "/srv/crio/crio.conf.d": "" } },
    ["crio", "/srv/crio", "-", "", "crio"],
  ],
  "Talos by its files": [
    { hints: { endpoint: usualSocket }, processes: [["/bin/containerd --config /etc/cri/containerd.toml"]] },
    ["containerd", "/etc/cri/containerd.toml", "Talos", "cri", "/bin/containerd"],
  ],
  "Bottlerocket by its name": [
    { hints: { endpoint: usualSocket }, files: { "/etc/os-release": 'NAME=x\nID="bottlerocket"\n' } },
    ["containerd", usual, "Bottlerocket", "containerd", "/bin/containerd"],
  ],
  "the one that runs": [
    { processes: [["/usr/bin/crio", "crio"], docker] },
    ["crio", "/etc/crio", "-", "crio", "/usr/bin/crio"],
  ],
  "the one that has a configuration": [
    { files: { "/etc/crio/crio.conf": "" } },
    ["crio", "/etc/crio", "-", "crio", "crio"],
  ],
  "none": [{}, ["none"]],
  "a runtime that nobody knows": [{ hints: { endpoint: "unix:///var/run/cri-dockerd.sock" } }, ["unclear"]],
  "two containerds and no kubelet": [{ processes: [docker, k3s], files: k3sConfig }, ["unclear"]],
  "a socket that no containerd serves": [
    { hints: { endpoint: "unix:///srv/containerd.sock" }, processes: [docker] },
    ["unclear"],
  ],
  "two configurations and nothing that runs": [{ files: { ...k3sConfig, [usual]: "" } }, ["unclear"]],
};
for (const [what, [machine, expected]] of Object.entries(machines)) {
  Deno.test(`the runtime that is found: ${what}`, async () => {
    assert.deepEqual(await summary(machine), expected);
  });
}

Deno.test("where nothing runs, and several configurations are there, the reason names them all", async () => {
  assert.deepEqual(await find({ files: { ...k3sConfig, [usual]: "" } }), {
    kind: "unclear",
    reason: `there are ${usual} and ${rancher}, and which one the kubelet uses cannot be told`,
  });
});

const mistyped: Record<string, [hints: Partial<RuntimeHints>, reason: string]> = {
  "containerd's file": [
    { runtime: "containerd", configuration: "/etc/containred/config.toml" },
    "there is no /etc/containred/config.toml, and no containerd is seen that was started with it",
  ],
  "CRI-O's directory": [
    { runtime: "crio", configuration: "/etc/cirO" },
    "there is no /etc/cirO/crio.conf and no /etc/cirO/crio.conf.d, and no crio is seen that was started with it",
  ],
  "CRI-O's file and directory": [
    { runtime: "crio", configuration: "/srv/a:/srv/b" },
    "there is no /srv/a and no /srv/b, and no crio is seen that was started with it",
  ],
};
for (const [what, [hints, reason]] of Object.entries(mistyped)) {
  Deno.test(`a place that was named, and that has no configuration, is none that is read: ${what}`, async () => {
    const processes: Running[] = [docker, ["/usr/bin/crio", "crio"]];
    assert.deepEqual(await find({ hints, processes }), { kind: "unclear", reason });
  });
}

Deno.test("CRI-O's environment names its configuration like its flags, which count more", async () => {
  const environment = "PATH=/bin CONTAINER_CONFIG=/srv/main.conf CONTAINER_CONFIG_DIR=/srv/parts";
  const at = (line: string) => summary({ processes: [[line, "crio", environment]] });
  assert.equal((await at("/usr/bin/crio"))[1], "/srv/main.conf:/srv/parts");
  assert.equal((await at("/usr/bin/crio -c /srv/own.conf"))[1], "/srv/own.conf:/srv/parts");
});

Deno.test("what CRI-O's command line sets is found with it", async () => {
  const flagsOf = async (line: string) => {
    const found = await find({ processes: [[line, "crio"]] });
    return found.kind === "found" ? found.flags?.table : found.kind;
  };
  assert.deepEqual(await flagsOf("/usr/bin/crio --enable-nri=false"), {
    crio: { nri: { enable_nri: false } },
  });
  assert.equal(await flagsOf("/usr/bin/crio"), undefined);
});

const remedies: Record<string, [Machine, setup: string, restart: string]> = {
  "the usual place": [
    { hints: { endpoint: usualSocket } },
    "dramemory setup-runtime containerd --restart",
    "systemctl restart containerd",
  ],
  "k3s": [
    { hints: { endpoint: k3sSocket }, processes: [docker, k3s], files: k3sConfig },
    `dramemory setup-runtime containerd ${rancher} --restart`,
    "systemctl restart k3s-agent",
  ],
  "RKE2 that is not seen to run": [
    { files: { [rke2]: "" } },
    `dramemory setup-runtime containerd ${rke2} --restart`,
    "systemctl restart rke2-server (or rke2-agent)",
  ],
  "another place": [
    { hints: { configuration: "/srv/c.toml" }, files: { "/srv/c.toml": "" } },
    "dramemory setup-runtime containerd /srv/c.toml, then restart the service that runs this containerd",
    "restart the service that runs this containerd",
  ],
};
for (const [what, [machine, setup, restart]] of Object.entries(remedies)) {
  Deno.test(`the remedies name what was judged and what runs it: ${what}`, async () => {
    const found = await find(machine);
    assert(found.kind === "found");
    assert.deepEqual([setupCommand(found), restartText(found)], [setup, restart]);
  });
}

Deno.test("Talos and Bottlerocket are set up by their own configuration, which the remedy names", async () => {
  const found = await find({ hints: { configuration: "/etc/cri/containerd.toml" } });
  assert(found.kind === "found");
  assert.match(
    setupCommand(found),
    /^Talos takes it from the machine configuration: .*CRICustomizationConfig$/,
  );
});
