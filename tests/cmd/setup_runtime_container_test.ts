import assert from "node:assert/strict";
import { defaultConfig } from "../containerd_configs/configs.ts";
import { RuntimeNode } from "./_runtime_node.ts";

/** Process 1 stays outside; inside, what it finds in the directory of programs is hidden. */
const container = 'unshare --mount sh -c \'mount -t tmpfs none "$0" && exec "$@"\' "$@"; exit $?';
const namespaces = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

Deno.test({
  name: "setup-runtime in a container restarts the host's containerd (needs root and namespaces of its own)",
  ignore: !await canMakeNamespaces(),
  fn: async () => {
    await using node = await RuntimeNode.start(defaultConfig("1.7.35"));
    const args = ["setup-runtime", "containerd", node.config, "--restart", "--service", "containerd"];
    const inContainer = [...namespaces, "sh", "-c", container, "sh", node.bin];
    const { code, stderr } = await node.run(args, "", inContainer);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(node.restarts(), ["restart containerd"]);
  },
});

async function canMakeNamespaces(): Promise<boolean> {
  const [command = "", ...args] = [...namespaces, "nsenter", "--target", "1", "--mount", "true"];
  try {
    return (await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
