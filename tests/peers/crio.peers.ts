import assert from "node:assert/strict";
import fc from "fast-check";
import { installedVersion } from "../../adapters/operations/host/services.ts";
import { crio as crioRuntime } from "../../adapters/operations/runtimes/crio/crio.ts";
import { RuntimeConfigError } from "../../core/operations/runtimes/configuration.ts";
import { crioProgram } from "./crio/binaries.ts";
import { ConfiguredCrio } from "./crio/configured_crio.ts";
import { requirePeer } from "./go.ts";

const binary = await requirePeer(crioProgram);

const nri = fc.record({ enable_nri: fc.boolean(), nri_disable_connections: fc.boolean() }, {
  requiredKeys: [],
});
const directories = fc.array(fc.constantFrom("/etc/cdi", "/var/run/cdi", "/run/cdi", "/srv/cdi"), {
  maxLength: 3,
});
const runtime = fc.record({ cdi_spec_dirs: directories }, { requiredKeys: [] });

/** A configuration by the names of its files, which CRI-O reads by their names, whatever they end with. */
const configurations = fc.dictionary(
  fc.constantFrom(
    "main.conf",
    "parts/10-a.conf",
    "parts/50/b",
    "parts/50.conf",
    "parts/99-nri",
    "parts/zz.bak",
  ),
  fc.record({ "crio.nri": nri, "crio.runtime": runtime }, { requiredKeys: [] }),
);

const flags = fc.subarray([
  "--enable-nri=false",
  "-enable-nri",
  "--enable-nri=0",
  "--nri-disable-connections",
  "--cdi-spec-dirs=/srv/cdi,/var/run/cdi",
  "--cdi-spec-dirs=/opt/cdi",
]);

type Configuration = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

function textsOf(configuration: Configuration): Record<string, string> {
  return Object.fromEntries(
    Object.entries(configuration).map(([name, tables]) => [
      name,
      Object.entries(tables).map(([table, values]) =>
        [
          `[${table}]`,
          ...Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
          "",
        ].join("\n")
      ).join("\n"),
    ]),
  );
}

Deno.test("CRI-O: whatever its files have, also where its flags name them or set the same, it is read as it reads them", async () => {
  const check = async (configuration: Configuration, flags: readonly string[]) => {
    await using crio = await ConfiguredCrio.start(binary, textsOf(configuration), flags);
    const understood = await crio.understood();
    assert.deepEqual({ ...understood, ...await crio.read() }, understood);
  };
  await fc.assert(fc.asyncProperty(configurations, flags, check), { numRuns: 40 });
});

Deno.test("CRI-O: whatever its files have, setting it up turns on what the driver needs, or refuses and changes nothing", async () => {
  const check = async (configuration: Configuration) => {
    await using crio = await ConfiguredCrio.start(binary, textsOf(configuration));
    const before = await crio.understood();
    const isSetUp = await crio.setUp().then(() => true, (error) => {
      assert.ok(error instanceof RuntimeConfigError, String(error));
      return false;
    });
    const after = await crio.understood();
    if (!isSetUp) return assert.deepEqual(after, before);
    const hasCdi = before.cdi_spec_dirs.some((name) => ["/var/run/cdi", "/run/cdi"].includes(name));
    assert.deepEqual(after, {
      enable_nri: true,
      nri_disable_connections: false,
      cdi_spec_dirs: hasCdi ? before.cdi_spec_dirs : [...before.cdi_spec_dirs, "/var/run/cdi"],
    });
    assert.deepEqual(await crio.setUp(), []);
  };
  await fc.assert(fc.asyncProperty(configurations, check), { numRuns: 30 });
});

Deno.test("CRI-O: it says which NRI it is built with, and is not set up for what that does not have", async () => {
  const version = await installedVersion(binary, crioRuntime.versionArguments);
  assert.deepEqual([version?.text, version?.nri], ["1.34.0", [0, 9]]);
  await using crio = await ConfiguredCrio.start(binary, {});
  await assert.rejects(
    crio.setUp({ requirePlugin: true, version }),
    (error) => error instanceof RuntimeConfigError && /is built with NRI 0\.9/.test(error.message),
  );
});

Deno.test("CRI-O: without files it has what the driver needs, and gets a drop-in that says so for other versions", async () => {
  await using crio = await ConfiguredCrio.start(binary, {});
  const before = await crio.understood();
  assert.deepEqual(before, {
    enable_nri: true,
    nri_disable_connections: false,
    cdi_spec_dirs: ["/etc/cdi", "/var/run/cdi"],
  });
  assert.deepEqual(await crio.setUp(), ["parts/zz-dramemory.conf"]);
  assert.deepEqual(await crio.understood(), before);
});
