import assert from "node:assert/strict";
import type { FoundRuntime } from "../../../../adapters/operations/runtimes/find_runtime.ts";
import { runtimes } from "../../../../adapters/operations/runtimes/runtimes.ts";
import { planUndo, type UndoPlan } from "../../../../adapters/operations/runtimes/undo.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";

const main = "/etc/containerd/config.toml", dropIn = "/etc/containerd/conf.d/zz-dramemory.toml";
const first = ".20260101T000000Z.bak", second = ".20260202T000000Z.bak";
const head = "# Settings for dramemory, written by `dramemory setup-runtime containerd`.\n\nversion = 3\n";
const cri = '[plugins."io.containerd.grpc.v1.cri"]\n';

function undo(
  texts: Record<string, string>,
  runtime: "containerd" | "crio" = "containerd",
): Promise<UndoPlan> {
  const found: FoundRuntime = {
    kind: "found",
    runtime: runtimes[runtime],
    configuration: runtime === "crio" ? "/etc/crio" : main,
    distribution: undefined,
    services: [runtime],
    program: runtime,
  };
  return planUndo(found, memoryFiles(texts), (path) => Promise.resolve(path));
}

const nothing = { restorations: [], removals: [], byHand: [] };

Deno.test("where nothing was set up there is nothing to take back", async () => {
  assert.deepEqual(await undo({}), nothing);
  assert.deepEqual(await undo({ [main]: "version = 3\n" }), nothing);
});

Deno.test("a drop-in goes, with what is kept of it, and the main file is as it was before the import", async () => {
  const texts = {
    [main]: 'version = 3\nimports = ["conf.d/*.toml"]\n',
    [`${main}${first}`]: "version = 3\nimports = []\n",
    [dropIn]: head,
    [`${dropIn}${second}`]: head,
  };
  assert.deepEqual(await undo(texts), {
    restorations: [{ path: main, backup: `${main}${first}`, obsolete: [] }],
    removals: [dropIn, `${dropIn}${second}`],
    byHand: [],
  });
});

Deno.test("a file that was changed in place several times is as it was before the first", async () => {
  const texts = {
    [main]: `version = 2\n${cri}enable_cdi = true\ndisable_hugetlb_controller = false\n`,
    [`${main}${first}`]: `version = 2\n${cri}`,
    [`${main}${second}`]: `version = 2\n${cri}enable_cdi = true\n`,
  };
  assert.deepEqual((await undo(texts)).restorations, [
    { path: main, backup: `${main}${first}`, obsolete: [`${main}${second}`] },
  ]);
});

Deno.test("what others changed since stays: it is said what is to be taken back by hand", async () => {
  const texts = {
    [main]: `version = 2\n${cri}enable_cdi = true\nenable_selinux = true\n`,
    [`${main}${first}`]: `version = 2\n${cri}enable_cdi = false\n`,
  };
  const { restorations, byHand } = await undo(texts);
  assert.deepEqual(restorations, []);
  assert.match(
    byHand[0] ?? "",
    /config.toml was changed, and was .*bak before: others changed it since \(plugins/,
  );
  assert.match(byHand[0] ?? "", /take back enable_cdi by hand$/);
});

Deno.test("an import stays when others rely on it, and a drop-in that is not the driver's alone", async () => {
  const texts = {
    [main]: 'version = 3\nimports = ["conf.d/*.toml"]\n',
    [`${main}${first}`]: "version = 3\n",
    [dropIn]: "# mine\nversion = 3\n",
    "/etc/containerd/conf.d/99-nvidia.toml": "version = 3\n",
  };
  const { restorations, removals, byHand } = await undo(texts);
  assert.deepEqual([restorations, removals], [[], []]);
  assert.match(byHand[0] ?? "", /it imports 99-nvidia.toml for others now$/);
  assert.match(byHand[1] ?? "", /is not the driver's alone/);
});

for (
  const [what, former, now] of [
    ["added", "conf.d/*.toml", 'conf.d/*.toml", "/srv/*.toml'],
    ["taken out", "/srv/*.toml", "conf.d/*.toml"],
  ] as const
) {
  Deno.test(`a file stays where others have ${what} imports since`, async () => {
    const { restorations, byHand } = await undo({
      [main]: `version = 3\nimports = ["${now}"]\n`,
      [`${main}${first}`]: `version = 3\nimports = ["${former}"]\n`,
    });
    assert.deepEqual(restorations, []);
    assert.match(byHand.join(), /others changed its imports since$/);
  });
}

Deno.test("CRI-O's drop-in goes, with what is kept of it outside of the directory that CRI-O reads", async () => {
  const own = "/etc/crio/crio.conf.d/zz-dramemory.conf";
  const texts = {
    [own]:
      "# Settings for dramemory, written by `dramemory setup-runtime crio`.\n[crio.nri]\nenable_nri = true\n",
    [`/etc/crio/zz-dramemory.conf${first}`]: "",
    "/etc/crio/crio.conf.d/10-others.conf": "[crio.nri]\nenable_nri = false\n",
  };
  assert.deepEqual(await undo(texts, "crio"), {
    ...nothing,
    removals: [own, `/etc/crio/zz-dramemory.conf${first}`],
  });
});

const own = "# Settings for dramemory, written by `dramemory setup-runtime containerd`.\n";

Deno.test("a main file that was made for the driver goes, whole tables in it or an import alone", async () => {
  const settings = `${own}\nversion = 2\n${cri}enable_cdi = true\n`;
  assert.deepEqual(await undo({ [main]: settings, [`${main}${first}`]: settings }), {
    ...nothing,
    removals: [main, `${main}${first}`],
  });
  const importing = `${own}\nversion = 3\nimports = ["conf.d/*.toml"]\n`;
  assert.deepEqual(await undo({ [main]: importing, [dropIn]: head }), {
    ...nothing,
    removals: [main, dropIn],
  });
});

Deno.test("a main file that was made for the driver stays where others have put something into it since", async () => {
  const changed = await undo({ [main]: `${own}\nversion = 2\nroot = "/srv"\n${cri}enable_cdi = true\n` });
  assert.deepEqual([changed.removals, changed.restorations], [[], []]);
  assert.match(
    changed.byHand[0] ?? "",
    /was not there before: others changed it since \(root\); take back enable_cdi/,
  );
  const imported = await undo({
    [main]: `${own}\nversion = 3\nimports = ["conf.d/*.toml"]\n`,
    [dropIn]: head,
    "/etc/containerd/conf.d/99-nvidia.toml": "version = 3\n",
  });
  assert.deepEqual(imported.removals, [dropIn]);
  assert.match(imported.byHand[0] ?? "", /was not there before: it imports 99-nvidia.toml for others now/);
});
