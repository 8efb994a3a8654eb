import assert from "node:assert/strict";
import { onNode } from "./tested_node.ts";

const obstacles: Record<string, [(directory: string) => Record<string, string>, RegExp]> = {
  "the kubelet's directory is a file": [
    (directory) => ({ "kubelet-root": `${directory}/kubeconfig` }),
    /kubeconfig/,
  ],
  "the CDI directory cannot be made": [
    (directory) => ({ "cdi-dir": `${directory}/kubeconfig` }),
    /--cdi-dir/,
  ],
  "the address is not this machine's": [
    () => ({ "bind-address": "192.0.2.1:9177" }),
    /192\.0\.2\.1.*--bind-address/,
  ],
  "the path of the sockets is too long": [
    (directory) => ({ "kubelet-root": `${directory}/${"long".repeat(25)}` }),
    /107.*--kubelet-root/,
  ],
};

for (const [obstacle, [flags, message]] of Object.entries(obstacles)) {
  Deno.test(`${obstacle}: the driver says so, without a stack, and ends with 1`, async () => {
    await onNode(async (node) => {
      const driver = node.startDriver({ ...flags(node.directory), "log-format": "json" });
      assert.deepEqual(await driver.ended, { code: 1, signal: null });
      assert.match(driver.log, message);
      assert.doesNotMatch(driver.log, /^ +at /m);
    });
  });
}
