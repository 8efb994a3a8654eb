import assert from "node:assert/strict";
import { commandLinesOf, flagValue } from "../../../../adapters/shared/kernel_files/processes.ts";

Deno.test("a program is found by its name, with its arguments, the first one of that name", async () => {
  const proc = await Deno.makeTempDir({ prefix: "dramemory-proc-" });
  const processes = {
    "1": "/sbin/init\0",
    "12": "/usr/bin/kubelet\0--config=/a b.yaml\0",
    "7": "kubelet-helper\0",
    "120": "kubelet\0--version\0",
    "30": "",
    "self": "crio\0",
  };
  try {
    for (const [name, text] of Object.entries(processes)) {
      await Deno.mkdir(`${proc}/${name}`);
      await Deno.writeTextFile(`${proc}/${name}/cmdline`, text);
    }
    await Deno.mkdir(`${proc}/99`); // A process that ended meanwhile.
    const lines = await commandLinesOf(["kubelet", "crio"], proc);
    assert.deepEqual([...lines], [["kubelet", ["/usr/bin/kubelet", "--config=/a b.yaml"]]]);
  } finally {
    await Deno.remove(proc, { recursive: true });
  }
});

Deno.test("this very process is found in the real /proc", async () => {
  assert((await commandLinesOf(["deno"], "/proc")).has("deno"));
});

Deno.test("without a /proc there are no programs", async () => {
  assert.equal((await commandLinesOf(["kubelet"], "/nowhere")).size, 0);
});

const lines: [string[], string | undefined][] = [
  [["--config=/a"], "/a"],
  [["--config", "/a"], "/a"],
  [["-c", "/a"], "/a"],
  [["-config=/a=b"], "/a=b"],
  [["--config=/a", "--config=/b"], "/b"],
  [["--config-dir=/a"], undefined],
  [["--config"], undefined],
  [[], undefined],
];
for (const [line, value] of lines) {
  Deno.test(`the file that "${line.join(" ")}" names is ${value}`, () => {
    assert.equal(flagValue(["containerd", ...line], "config", "c"), value);
  });
}
