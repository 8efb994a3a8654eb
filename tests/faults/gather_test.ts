import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { unpackTar } from "modern-tar";
import { dramemory, type Finished } from "../cmd/dramemory.ts";
import { runContainer } from "./_containers.ts";
import { scheduledClaim } from "./objects.ts";
import { onNode, type TestedNode } from "./tested_node.ts";

const secret = "hunter2-planted-secret";

Deno.test("gather has what describes the node and its driver, and none of the secrets that were planted", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    await runContainer(node, scheduledClaim(node, "a"));
    await plant(node);
    const archive = `${node.directory}/report.tar.gz`;
    const { code, stderr } = await gather(node, archive);
    assert.equal(code, 0, stderr);
    assert.equal(((await Deno.stat(archive)).mode ?? 0) & 0o777, 0o600);

    const files = await unpacked(archive);
    const json = (name: string) => JSON.parse(files.get(name) ?? assert.fail(`${name} is missing`));
    assert.equal(json("status.json").containers.length, 1);
    assert.deepEqual(json("inspect.json").hugepageSizes, [2 << 20, 1 << 30]);
    assert.ok(json("validate.json").checks.length > 5);
    assert.match(json("versions.json").dramemory, /^\d/);
    assert.match(files.get("logs/dramemory-status.log") ?? "", /registered with the kubelet/);
    const [record] = [...files.keys()].filter((name) => name.startsWith("checkpoint/"));
    assert.match(files.get(record ?? "") ?? "", /DRAMEMORY_.*_NUMANodes=0"/);
    assert.equal(
      json(`config${node.directory}/config.toml.json`).plugins["io.containerd.nri.v1.nri"].disable,
      false,
    );
    assert.equal(json(`config${node.directory}/kubelet.yaml.json`).memoryManagerPolicy, "None");

    const kubeconfig = await Deno.readTextFile(node.cluster.paths.kubeconfig);
    const keys = [...kubeconfig.matchAll(/^ *(?:token|client-key-data): "?([^"\n]+)/gm)].map(([, key]) =>
      key ?? ""
    );
    for (const [name, content] of files) {
      for (const planted of [secret, ...keys]) {
        assert.ok(!content.includes(planted), `${planted} is in ${name}`);
      }
    }
  });
});

Deno.test("of a CRI-O the archive has its flags, with those of its environment, and no secret among them", async () => {
  await onNode(async (node) => {
    const { directory } = node, crio = `${directory}/proc/4321`;
    await Deno.mkdir(crio, { recursive: true });
    await Deno.mkdir(`${directory}/parts`);
    await Deno.writeTextFile(`${directory}/crio.conf`, "[crio.nri]\nenable_nri = true\n");
    await Deno.writeTextFile(`${directory}/parts/a`, `[crio.runtime]\ndefault_env = ["PLAIN=${secret}"]\n`);
    const line = [
      "crio",
      `--config=${directory}/crio.conf`,
      "--enable-nri=false",
      "--default-env",
      `A=${secret}`,
    ];
    await Deno.writeTextFile(`${crio}/cmdline`, line.map((part) => `${part}\0`).join(""));
    await Deno.writeTextFile(
      `${crio}/environ`,
      `CONTAINER_CONFIG_DIR=${directory}/parts\0HTTPS_PROXY=http://robot:${secret}@proxy\0`,
    );
    const archive = `${directory}/report.tar.gz`;
    assert.equal((await gather(node, archive, ["--runtime=crio"])).code, 0);

    const files = await unpacked(archive);
    assert.deepEqual(JSON.parse(files.get("config/crio-command-line.json") ?? "").commandLine, [
      "crio",
      `--config-dir=${directory}/parts`,
      ...line.slice(1, -1),
      "A=REMOVED",
    ]);
    assert.match(files.get(`config${directory}/parts/a.json`) ?? "", /"PLAIN=REMOVED"/);
    for (const [name, content] of files) assert.ok(!content.includes(secret), `a secret is in ${name}`);
  });
});

Deno.test("a pod that is refused more often than lines are kept does not push the others out of the archive", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const { runtime } = node.cluster;
    const pod = await runtime.runPod(scheduledClaim(node, "a").pod);
    for (let count = 0; count < 1_100; count++) {
      const uid = crypto.randomUUID();
      const environment = [`DRAMEMORY_${uid}_NUMANodes=0`, `DRAMEMORY_${uid}_memory=numanode:0,size:1Mi`];
      await assert.rejects(
        runtime.createContainer(pod, { name: `app-${count}`, environment }),
        /is not prepared/,
      );
    }
    const archive = `${node.directory}/report.tar.gz`;
    assert.equal((await gather(node, archive)).code, 0);
    const lines = ((await unpacked(archive)).get("logs/dramemory-status.log") ?? "").split("\n");
    assert.ok(lines.some((line) => line.includes("registered with the kubelet")));
    assert.equal(lines.filter((line) => line.includes("container refused")).length, 1);
  });
});

Deno.test("the topology in an archive can be looked at as if it were the machine", async () => {
  await onNode(async (node) => {
    const archive = `${node.directory}/report.tar.gz`;
    await gather(node, archive);
    const files = await unpacked(archive);
    const copy = `${node.directory}/copy`;
    for (const [name, content] of files) {
      if (!name.startsWith("topology/")) continue;
      await Deno.mkdir(`${copy}/${name.slice(0, name.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeFile(
        `${copy}/${name}`,
        Uint8Array.from(content, (character) => character.charCodeAt(0)),
      );
    }
    const roots = [`--sysfs-root=${copy}/topology/sys`, `--procfs-root=${copy}/topology/proc`];
    const { stdout } = await dramemory("inspect", "-o", "json", "--cdi-dir=/nowhere", ...roots);
    const { devices, nodes } = JSON.parse(stdout), original = JSON.parse(files.get("inspect.json") ?? "");
    assert.deepEqual(nodes, original.nodes);
    assert.equal(devices.length, original.devices.length);
  });
});

Deno.test("what cannot be had is in errors.txt, and nothing is ever overwritten", async () => {
  await onNode(async (node) => {
    const archive = `${node.directory}/report.tar.gz`;
    const { code, stdout } = await gather(node, archive);
    assert.equal(code, 0);
    assert.match(stdout, /could not be had, see errors\.txt/);
    const errors = (await unpacked(archive)).get("errors.txt") ?? "";
    assert.match(errors, /^log: no driver answers in/m);
    assert.match(errors, /^cgroups: Cannot find the kubelet's cgroups/m);

    const before = await Deno.readFile(archive);
    const again = await gather(node, archive);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /it is there already/);
    assert.deepEqual(await Deno.readFile(archive), before);
  });
});

/** Puts secrets where a node could have them. */
async function plant({ directory, cluster: { paths } }: TestedNode): Promise<void> {
  await Deno.writeTextFile(
    `${directory}/config.toml`,
    `version = 3
# ${secret}
[plugins."io.containerd.nri.v1.nri"]
disable = false
[plugins."io.containerd.cri.v1.images".registry.configs."r.example.com".auth]
username = "robot"
password = "${secret}"
[stream_processors.x]
env = ["PLAIN=${secret}"]
args = ["--url", "https://robot:${secret}@r.example.com"]
`,
  );
  await Deno.writeTextFile(
    `${directory}/kubelet.yaml`,
    `memoryManagerPolicy: None\nstaticPodURLHeader: { X-Plain: [${secret}] } # ${secret}\n`,
  );
  for (const { name, isFile } of Deno.readDirSync(paths.cdiDir)) {
    // Beside the claims' files stands the folder of what containers are told.
    if (!isFile) continue;
    const path = `${paths.cdiDir}/${name}`;
    const spec = JSON.parse(await Deno.readTextFile(path));
    spec.devices[0].containerEdits.env.push(`PLAIN=${secret}`);
    await Deno.writeTextFile(path, JSON.stringify(spec));
  }
  await Deno.writeTextFile(`${paths.cdiDir}/vendor.json`, secret);
}

function gather(
  { runDir, directory, cluster: { paths } }: TestedNode,
  archive: string,
  runtime = ["--runtime=containerd", `--runtime-config=${directory}/config.toml`],
): Promise<Finished> {
  return dramemory(
    "gather",
    archive,
    ...[`--run-dir=${runDir}`, `--cdi-dir=${paths.cdiDir}`, `--cgroup-mount=${paths.cgroupMount}`],
    ...[`--kubelet-root=${paths.kubeletRoot}`, `--nri-socket=${paths.nriSocket}`],
    ...runtime,
    ...[`--kubelet-config=${directory}/kubelet.yaml`],
    ...[`--sysfs-root=${directory}/sys`, `--procfs-root=${directory}/proc`],
  );
}

/** The files of an archive by their path in its folder; each byte a character. */
async function unpacked(archive: string): Promise<Map<string, string>> {
  const entries = await unpackTar(new Uint8Array(gunzipSync(await Deno.readFile(archive))));
  const decoder = new TextDecoder("latin1");
  const folders = new Set(entries.map(({ header }) => header.name.split("/")[0]));
  assert.equal(folders.size, 1);
  return new Map(
    entries.filter(({ header }) => header.type !== "directory")
      .map(({ header, data }) => [header.name.slice(header.name.indexOf("/") + 1), decoder.decode(data)]),
  );
}
