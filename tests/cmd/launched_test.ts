import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { launchedArguments, parseFlags } from "../../cmd/daemon/launched.ts";
import { SimulatedCluster } from "../../adapters/simulator/simulated_cluster.ts";
import { podUid } from "../../core/values/ids.ts";
import { fixturesDirectory, rootsIn } from "../adapters/driver/sysfs/support.ts";

/** Does what a runtime does: starts a program with a connected socket as file descriptor 3. */
const launcher = `
import os, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
if connection.fileno() != 3:
    os.dup2(connection.fileno(), 3)
os.set_inheritable(3, True)
os.execv(sys.argv[2], sys.argv[2:])
`;

const python = await new Deno.Command("python3", { args: ["--version"], stdout: "null", stderr: "null" })
  .output()
  .then(({ success }) => success, () => false);
const title = "a daemon that the runtime started serves it through the socket it was given, and ends with it";

Deno.test({
  name: python ? title : `${title} (skipped: there is no python3 to start it as a runtime does)`,
  ignore: !python,
  fn: async () => {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    const cluster = new SimulatedCluster(directory, []);
    await cluster.start("node-a");
    const child = launched(cluster);
    try {
      const early = child.status.then(({ code }) => `a daemon that ended with ${code}`);
      assert.equal(await Promise.race([cluster.runtime.pluginConnected(), early]), "42-memory");
      const pod = await cluster.runtime.runPod({ namespace: "n", name: "p", uid: podUid("u") });
      await cluster.runtime.createContainer(pod, { name: "app" });
      await cluster.runtime.stop();
      const { code, stderr } = await child.output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
    } finally {
      await cluster.stop();
      await Deno.remove(directory, { recursive: true });
    }
  },
});

function launched({ paths }: SimulatedCluster): Deno.ChildProcess {
  const { sysfsRoot, procfsRoot } = rootsIn(`${fixturesDirectory}/two-numa`);
  const main = fileURLToPath(new URL("../../cmd/main.ts", import.meta.url));
  return new Deno.Command("python3", {
    args: [
      "-c",
      launcher,
      paths.nriSocket,
      Deno.execPath(),
      "run",
      "-A",
      "--no-check",
      main,
      "daemon",
      `--kubeconfig=${paths.kubeconfig}`,
      "--hostname-override=node-a",
      `--cgroup-mount=${paths.cgroupMount}`,
      "--bind-address=127.0.0.1:0",
      "--run-dir=",
      `--kubelet-root=${paths.kubeletRoot}`,
      `--cdi-dir=${paths.cdiDir}`,
      `--sysfs-root=${sysfsRoot}`,
      `--procfs-root=${procfsRoot}`,
    ],
    env: { NRI_PLUGIN_NAME: "memory", NRI_PLUGIN_IDX: "42", NRI_PLUGIN_SOCKET: "3", NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

Deno.test("flags stand one on a line, beside comments", () => {
  assert.deepEqual(parseFlags("# where\n--cdi-dir=/run/cdi\n\n  -v=4 \n"), ["--cdi-dir=/run/cdi", "-v=4"]);
});

Deno.test("a plugin's own configuration file comes before the one of its name, and none is fine", async () => {
  const directory = await Deno.makeTempDir();
  const launch = { name: "memory", index: "42", descriptor: 3 };
  try {
    assert.deepEqual(await launchedArguments(launch, directory), ["daemon"]);
    await Deno.writeTextFile(`${directory}/memory.conf`, "-v=1");
    assert.deepEqual(await launchedArguments(launch, directory), ["daemon", "-v=1"]);
    await Deno.writeTextFile(`${directory}/42-memory.conf`, "-v=2");
    assert.deepEqual(await launchedArguments(launch, directory), ["daemon", "-v=2"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
