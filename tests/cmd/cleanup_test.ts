import assert from "node:assert/strict";
import { CdiCheckpoint } from "../../adapters/driver/cdi/cdi_checkpoint.ts";
import { SoleInstance } from "../../adapters/driver/cdi/instances.ts";
import { readBootId } from "../../adapters/shared/kernel_files/boot_id.ts";
import { podUid } from "../../core/values/ids.ts";
import { allocation, preparedClaim } from "../adapters/claims.ts";
import { dramemory, type Finished } from "./dramemory.ts";

/** What a driver left in a directory that stands in for a node, and what others have there. */
class LeftNode implements AsyncDisposable {
  private constructor(readonly root: string) {}

  static async with(files: readonly string[]): Promise<LeftNode> {
    const node = new LeftNode(await Deno.makeTempDir({ prefix: "dramemory-left-" }));
    for (const path of ["proc/sys/kernel/random/boot_id", ...files]) await node.write(path, "");
    await node.write("proc/sys/kernel/random/boot_id", "00000000-0000-4000-8000-000000000000\n");
    return node;
  }

  async write(path: string, text: string): Promise<void> {
    await Deno.mkdir(`${this.root}/${path}`.replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(`${this.root}/${path}`, text);
  }

  async cleanup(...args: string[]): Promise<Finished> {
    const { root } = this;
    const places = {
      "run-dir": "run",
      "kubelet-root": "kubelet",
      "cdi-dir": "cdi",
      "procfs-root": "proc",
      "cgroup-mount": "cgroup",
      "runtime-config": "none.toml",
    };
    const flags = Object.entries(places).map(([name, path]) => `--${name}=${root}/${path}`);
    return await dramemory("cleanup", ...flags, ...args);
  }

  /** Every file that is there, and every directory without one. */
  async paths(directory = ""): Promise<string[]> {
    const found = [];
    for await (const { name, isDirectory } of Deno.readDir(`${this.root}/${directory}`)) {
      const path = `${directory}${name}`;
      if (path === "proc") continue;
      found.push(...isDirectory ? await this.paths(`${path}/`) : [path]);
    }
    return found.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

const own = [
  "cdi/dra.memory-claim_6d1a0b2c-0000-4000-8000-000000000001.json.tmp",
  "cdi/dra.memory-claim_x.json.damaged",
  "cdi/dra.memory-metadata/6d1a0b2c-0000-4000-8000-000000000001_pages.json",
  "kubelet/plugins/dra.memory/dra.sock",
  "kubelet/plugins/dra.memory/serialize.lock",
  "kubelet/plugins_registry/dra.memory-reg.sock",
  "kubelet/plugins_registry/dra.memory-6d1a0b2c-reg.sock",
  "run/status.sock",
];
const others = [
  "cdi/nvidia.com-gpu.json",
  "kubelet/plugins/dra.cpu/dra.sock",
  "kubelet/plugins_registry/dra.memoryless-reg.sock",
];

Deno.test("cleanup removes what the driver left, and nothing of others", async () => {
  await using node = await LeftNode.with([...own, ...others]);
  const dry = await node.cleanup("--dry-run");
  assert.deepEqual([dry.code, dry.stderr, await node.paths()], [0, "", [...own, ...others].sort()]);
  assert.match(dry.stdout, /^Would remove .*\/plugins_registry\/dra.memory-/);
  const { code, stdout, stderr } = await node.cleanup();
  assert.deepEqual([code, stderr, await node.paths()], [0, "", others]);
  await assert.rejects(Deno.stat(`${node.root}/cdi/dra.memory-metadata`), Deno.errors.NotFound);
  assert.equal(stdout, dry.stdout.replaceAll("Would remove", "Removed"));
  assert.match(
    (await node.cleanup()).stdout,
    /^Nothing of a driver is left in \S+\/kubelet, \S+\/cdi and \S+\/run\n/,
  );
});

Deno.test("cleanup leaves the driver's directory when there is something of others in it", async () => {
  await using node = await LeftNode.with(["run/status.sock", "run/mine"]);
  const { code, stdout } = await node.cleanup();
  assert.deepEqual([code, await node.paths()], [0, ["run/mine"]]);
  assert.match(stdout, /^Left .*\/run: there is something in it that is not the driver's$/m);
});

Deno.test("cleanup removes nothing while a driver runs", async () => {
  await using node = await LeftNode.with(own);
  await Deno.remove(`${node.root}/kubelet/plugins/dra.memory/dra.sock`);
  using _driver = Deno.listen({
    transport: "unix",
    path: `${node.root}/kubelet/plugins/dra.memory/dra.sock`,
  });
  const before = await node.paths();
  const { code, stderr } = await node.cleanup("--force");
  assert.deepEqual([code, await node.paths()], [1, before]);
  assert.match(
    stderr,
    /^Cannot clean up: a driver runs here, and listens at .*dra.sock \(uninstall it first\)/,
  );
});

Deno.test("cleanup removes nothing while a pod is there that has a claim, unless it is forced to", async () => {
  const uid = "6d1a0b2c-0000-4000-8000-00000000000a", claim = "6d1a0b2c-0000-4000-8000-000000000001";
  await using node = await LeftNode.with([
    `cgroup/kubepods.slice/kubepods-pod${uid.replaceAll("-", "_")}.slice/x`,
  ]);
  const directory = `${node.root}/cdi`, bootId = await readBootId(`${node.root}/proc`);
  await Deno.mkdir(directory);
  const prepared = preparedClaim(claim, allocation("main", "memory", 0, "1Gi"));
  await new CdiCheckpoint({ directory, bootId, instances: new SoleInstance() })
    .save({ ...prepared, pod: { ...prepared.pod, uid: podUid(uid) } });
  const before = await node.paths();
  const { code, stderr } = await node.cleanup();
  assert.deepEqual([code, await node.paths()], [1, before]);
  assert.match(
    stderr,
    /^Cannot clean up: the pod team\/pod-a is here, and has the claim claim-6d1a.*--force/,
  );
  assert.equal((await node.cleanup("--force")).code, 0);
  assert.equal((await node.paths()).some((path) => path.startsWith("cdi/")), false);
});

Deno.test("cleanup says that it cannot look at a runtime's configuration that is not there", async () => {
  await using node = await LeftNode.with([]);
  const { code, stdout } = await node.cleanup("--runtime=containerd");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^Cannot tell whether the runtime's .*: there is no \S+none.toml, .* --runtime-config\)$/m,
  );
});

Deno.test("cleanup names what the runtime was set up with, and what takes that back", async () => {
  await using node = await LeftNode.with([]);
  const config = `${node.root}/none.toml`, dropIn = `${node.root}/conf.d/zz-dramemory.toml`;
  await node.write("none.toml", 'version = 3\nimports = ["conf.d/*.toml"]\n');
  await node.write(
    "conf.d/zz-dramemory.toml",
    "# Settings for dramemory, written by `dramemory setup-runtime containerd`.\n",
  );
  const { code, stdout } = await node.cleanup("--runtime=containerd");
  assert.deepEqual([code, (await Deno.stat(dropIn)).isFile], [0, true]);
  assert.match(
    stdout,
    new RegExp(`: dramemory setup-runtime containerd ${config} --undo, then restart the service`),
  );
});
