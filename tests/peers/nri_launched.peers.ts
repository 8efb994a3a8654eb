import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { assertPrepared, nodeName, onNode, type TestedNode } from "../faults/tested_node.ts";
import { scheduledClaim } from "../faults/objects.ts";
import { until } from "../until.ts";
import { requirePeer } from "./go.ts";
import { nriProgram } from "./nri/binaries.ts";
import { NriRuntime } from "./nri/runtime.ts";

const main = fileURLToPath(new URL("../../cmd/main.ts", import.meta.url));

for (const version of ["0.8.0", "0.12.5"] as const) {
  const binary = await requirePeer(nriProgram(version));

  Deno.test(`NRI ${version}: a driver that the runtime starts from its plugin directory serves it`, () =>
    onNode(async (node) => {
      const plugins = join(node.directory, "plugins");
      await Deno.mkdir(plugins);
      await Deno.writeTextFile(join(plugins, "10-dramemory"), await launcher(node), { mode: 0o755 });
      const claim = scheduledClaim(node, "claim");
      {
        await using runtime = NriRuntime.start(binary);
        const pod = { id: "sandbox", ...claim.pod, linux: { cgroupParent: "/kubepods/pod" } };
        await runtime.setState({ pods: [pod], containers: [] });
        await runtime.listen({ socket: join(node.directory, "runtime.sock"), pluginPath: plugins });
        await runtime.event("synchronized");
        assertPrepared(await node.prepare(claim));
        const app = { id: "app", podSandboxId: pod.id, name: "app", env: await injectedEnvironment(node) };
        assert.deepEqual(await runtime.createContainer(app), {
          mems: "0",
          hugepages: { "2MB": 64n << 20n },
        });
      }
      await until(
        "the driver to end with its runtime, in good order",
        () => node.sockets().length === 0 || undefined,
      );
    }));
}

/** A plugin's executable: the runtime gives it neither arguments nor an environment of use, so both stand in it. */
async function launcher({ directory, cluster: { paths } }: TestedNode): Promise<string> {
  const flags = {
    "kubeconfig": paths.kubeconfig,
    "hostname-override": nodeName,
    "cgroup-mount": "",
    "bind-address": "127.0.0.1:0",
    "run-dir": "",
    "kubelet-root": paths.kubeletRoot,
    "cdi-dir": paths.cdiDir,
    "sysfs-root": `${directory}/sys`,
    "procfs-root": `${directory}/proc`,
  };
  const command = [
    Deno.execPath(),
    ...["run", "-A", "--no-check", main, "daemon"],
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
  ];
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return `#!/bin/sh\nexport DENO_DIR='${await denoDirectory()}'\nexec ${quoted}\n`;
}

/** Where this Deno keeps what it has downloaded. */
async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return v.parse(v.object({ denoDir: v.string() }), JSON.parse(new TextDecoder().decode(stdout))).denoDir;
}

/** What the node's only CDI file puts into a container. */
async function injectedEnvironment(node: TestedNode): Promise<string[]> {
  const [file = ""] = node.specFiles();
  const text = await Deno.readTextFile(join(node.cluster.paths.cdiDir, file));
  return v.parse(spec, JSON.parse(text)).devices.flatMap(({ containerEdits }) => containerEdits.env);
}

const spec = v.object({
  devices: v.array(v.object({ containerEdits: v.object({ env: v.array(v.string()) }) })),
});
