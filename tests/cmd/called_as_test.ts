import assert from "node:assert/strict";
import { join } from "node:path";
import { calledAs } from "../../cmd/called_as.ts";

for (
  const [path, called] of [
    ["/usr/local/bin/dramemory", "itself"],
    ["/home/me/.krew/bin/kubectl-dramemory", "kubectl plugin"],
    ["kubectl_complete-dramemory", "kubectl completion"],
  ] as const
) {
  Deno.test(`started as ${path} it is called as ${called}`, async () => {
    const proc = await Deno.makeTempDir();
    try {
      await Deno.mkdir(join(proc, "self"));
      await Deno.writeTextFile(join(proc, "self/cmdline"), `${path}\0cluster\0`);
      assert.equal(calledAs(proc), called);
    } finally {
      await Deno.remove(proc, { recursive: true });
    }
  });
}

Deno.test("where there is no /proc it is called as itself", () => {
  assert.equal(calledAs("/nowhere"), "itself");
});
