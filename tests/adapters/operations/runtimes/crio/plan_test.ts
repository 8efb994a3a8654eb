import assert from "node:assert/strict";
import { crioFlags } from "../../../../../adapters/operations/runtimes/crio/flags.ts";
import { planCrio } from "../../../../../adapters/operations/runtimes/crio/plan.ts";
import { parseRuntimeVersion } from "../../../../../core/operations/runtimes/runtime_version.ts";
import { editsOf, type Wish, wishOf } from "../containerd/setup.ts";
import { memoryFiles } from "../../../shared/files/memory_files.ts";

const dropIn = "/etc/crio/crio.conf.d/zz-dramemory.conf";
const nri = "[crio.nri]\n  enable_nri = true\n";

Deno.test("CRI-O gets a drop-in that turns NRI on", async () => {
  const heading = "# Settings for dramemory, written by `dramemory setup-runtime crio`.\n\n";
  assert.deepEqual(await edits({}, { installed: "1.34.0" }), { [dropIn]: heading + nri });
  assert.deepEqual(await edits({ "/etc/crio/crio.conf": "[crio]\n" }), { [dropIn]: heading + nri });
});

Deno.test("where there is nothing of CRI-O, no file and no program, nothing is made", async () => {
  await assert.rejects(edits({}), {
    name: "RuntimeConfigError",
    message:
      /^Cannot find \/etc\/crio\/crio.conf or anything in \/etc\/crio\/crio.conf.d, nor tell the version of crio: /,
  });
});

Deno.test("CRI-O needs nothing where NRI is on already", async () => {
  assert.deepEqual(await edits({ [dropIn]: nri }), {});
  assert.deepEqual(await edits({ "/etc/crio/crio.conf": nri }), {});
  assert.deepEqual(await edits({ "/etc/crio/crio.conf.d/10/nri": nri }), {});
});

Deno.test("CRI-O's files win by their name, whatever its ending", async () => {
  const off = {
    "/etc/crio/crio.conf": nri,
    "/etc/crio/crio.conf.d/10-off.bak": "[crio.nri]\nenable_nri = false\n",
  };
  assert.deepEqual(Object.keys(await edits(off)), [dropIn]);
});

Deno.test("CRI-O's drop-in is named so that it is read after files that turn NRI off", async () => {
  const off = (path: string) => ({ [`/etc/crio/crio.conf.d/${path}`]: "[crio.nri]\nenable_nri = false\n" });
  const name = async (texts: Record<string, string>) =>
    Object.keys(await edits(texts)).map((path) => path.replace("/etc/crio/crio.conf.d/", ""));
  assert.deepEqual(await name(off("99-off.conf")), ["zz-dramemory.conf"]);
  assert.deepEqual(await name({ ...off("99-off.conf"), ...off("zz-own.conf") }), ["zzz-dramemory.conf"]);
  assert.deepEqual(await name(off("zz-own/off")), ["zzz-dramemory.conf"]);
});

Deno.test("CRI-O's files are read and written where its flags say", async () => {
  const place = "/srv/main.conf:/srv/parts";
  const off = { "/srv/main.conf": nri, "/srv/parts/zz": "[crio.nri]\nenable_nri = false\n" };
  const written = editsOf(await planCrio(place, wishOf({}), memoryFiles(off)));
  assert.deepEqual(Object.keys(written), ["/srv/parts/zz-dramemory.conf"]);
  const unread = { "/etc/crio/crio.conf": "[crio.nri]\nenable_nri = false\n", "/srv/main.conf": nri };
  assert.deepEqual(editsOf(await planCrio(place, wishOf({}), memoryFiles(unread))), {});
});

Deno.test("CRI-O's connections and directories are seen to", async () => {
  const text = `${nri}nri_disable_connections = true\n[crio.runtime]\ncdi_spec_dirs = ["/etc/cdi"]\n`;
  const made = (await edits({ "/etc/crio/crio.conf": text }))[dropIn] ?? "";
  assert.match(made, /nri_disable_connections = false\n/);
  assert.match(made, /cdi_spec_dirs = \["\/etc\/cdi", "\/var\/run\/cdi"\]\n/);
});

Deno.test("CRI-O 1.34 can require the plugin where its build has NRI 0.10", async () => {
  const installed = "Version: 1.34.0\n  github.com/containerd/nri v0.10.0 h1:a=\n";
  assert.deepEqual(Object.keys(await edits({}, { requirePlugin: true, installed })), [dropIn]);
});

Deno.test("CRI-O 1.34 can require the plugin", async () => {
  const made = (await edits({}, { requirePlugin: true, installed: "1.34.0" }))[dropIn] ?? "";
  assert.match(
    made,
    /\[crio.nri.default_validator\]\n +nri_enable_default_validator = true\n +nri_validator_required_plugins = \["dramemory"\]/,
  );
  assert.match(
    made,
    /nri_validator_tolerate_missing_plugins_annotation = "tolerate-missing-nri-plugins.noderesource.dev"/,
  );
});

Deno.test("CRI-O's flags count more than its files, and are to be changed where they turn NRI off", async () => {
  const flagged = async (line: string) => {
    const flags = crioFlags(line.split(" "));
    assert.ok(flags !== undefined);
    const files = memoryFiles({ "/etc/crio/crio.conf": nri });
    return editsOf(await planCrio("/etc/crio", { ...wishOf({}), flags }, files));
  };
  await assert.rejects(
    flagged("/usr/bin/crio --enable-nri=false"),
    /^RuntimeConfigError: Cannot turn on NRI beside the command line of crio, .* sets enable_nri \(change it there\)$/,
  );
  await assert.rejects(flagged("/usr/bin/crio --nri-disable-connections"), /sets nri_disable_connections/);
  await assert.rejects(
    flagged("/usr/bin/crio --cdi-spec-dirs=/etc/cdi"),
    /turn on CDI beside .*cdi_spec_dirs/,
  );
  assert.deepEqual(await flagged("/usr/bin/crio --cdi-spec-dirs=/etc/cdi,/run/cdi --enable-nri"), {});
});

const refusals: Record<string, [texts: Record<string, string>, wish: Wish, message: RegExp]> = {
  "a file that is no TOML": [
    { "/etc/crio/crio.conf.d/x": "=" },
    {},
    /^Cannot read \/etc\/crio\/crio.conf.d\/x as TOML/,
  ],
  "a file behind every name that turns NRI off": [
    { "/etc/crio/crio.conf.d/~off.conf": "[crio.nri]\nenable_nri = false\n" },
    {},
    /^Cannot turn on NRI beside \/etc\/crio\/crio.conf.d\/~off.conf/,
  ],
  "a required plugin and an older version": [
    {},
    { requirePlugin: true, installed: "1.33.4" },
    /CRI-O 1.33.4 has no/,
  ],
  "a required plugin and a build of an older NRI than its version has": [
    {},
    { requirePlugin: true, installed: "Version: 1.34.0\n  github.com/containerd/nri v0.9.1-0.2025 h1:a=\n" },
    /CRI-O 1\.34\.0 is built with NRI 0\.9, and its validator comes with 0\.10 \(use a release/,
  ],
  "a required plugin and no version": [
    {},
    { requirePlugin: true },
    /CRI-O 1.34, and its version is not known/,
  ],
};
for (const [cause, [texts, wish, message]] of Object.entries(refusals)) {
  Deno.test(`CRI-O is not set up with ${cause}`, async () => {
    await assert.rejects(
      edits(texts, wish),
      (error) => error instanceof Error && message.test(error.message),
    );
  });
}

Deno.test("CRI-O's version is found in what it prints", () => {
  assert.equal(parseRuntimeVersion("crio version 1.34.1\nVersion: 1.34.1\n")?.minor, 34);
});

async function edits(texts: Record<string, string>, wish: Wish = {}): Promise<Record<string, string>> {
  return editsOf(await planCrio("/etc/crio", wishOf(wish), memoryFiles(texts)));
}
