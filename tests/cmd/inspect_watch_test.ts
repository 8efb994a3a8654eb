import assert from "node:assert/strict";
import { finished, startDramemory } from "./dramemory.ts";
import { onCopyOf } from "./_hugepage_node.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`inspect --watch prints a new document when something changed, until ${signal}: exit 0`, async () => {
    await onCopyOf("two-numa", async (node) => {
      const child = startDramemory(["inspect", "--watch", "1", "-o", "json", ...node.lookFlags()]);
      const stdout = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const first = await documentOf(stdout);
      await node.write("sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages", "77\n");
      const second = await documentOf(stdout);
      child.kill(signal);
      const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
      assert.deepEqual([code, stderr, (await stdout.read()).done], [0, "", true]);
      assert.deepEqual([first, second].map((document) => document.nodes[1].hugepages[0].free), [500, 77]);
    });
  });
}

Deno.test("inspect --watch ends when its reader has, although nothing changes", async () => {
  await onCopyOf("two-numa", async (node) => {
    const child = startDramemory(["inspect", "--watch", "1", ...node.lookFlags()]);
    const stdout = child.stdout.getReader();
    await stdout.read();
    await stdout.cancel();
    const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    assert.deepEqual([code, stderr], [0, ""]);
  });
});

Deno.test("a picture cannot be watched", async () => {
  const { code, stderr } = await finished(startDramemory(["inspect", "-o", "svg", "--watch"]));
  assert.equal(code, 2);
  assert.match(stderr, /^Cannot --watch a picture/);
});

/** Reads on until what was read is a document. */
async function documentOf(reader: ReadableStreamDefaultReader<string>) {
  for (let text = "";;) {
    const { value, done } = await reader.read();
    assert.ok(!done, `the output ended behind ${text}`);
    text += value;
    if (/^\n?\{\n[^]*\n\}\n$/.test(text)) return JSON.parse(text);
  }
}
