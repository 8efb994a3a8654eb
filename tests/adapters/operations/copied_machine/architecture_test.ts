import assert from "node:assert/strict";
import { readArchitecture } from "../../../../adapters/operations/copied_machine/architecture.ts";
import { withFiles } from "../../driver/sysfs/support.ts";

const processors = {
  "x86": "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n",
  "arm64": "processor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 8\n",
  "ppc64": "processor\t: 0\ncpu\t\t: POWER9, altivec supported\n",
  "s390x": "vendor_id       : IBM/S390\n# processors    : 2\n",
  "ia64": "processor  : 0\nvendor     : GenuineIntel\narch       : IA-64\n",
  "loongarch64": "processor\t\t: 0\nCPU Family\t\t: Loongson-64bit\n",
  "sparc64": "cpu\t\t: UltraSparc T5 (Niagara5)\n",
  "other": "processor\t: 0\nhart\t\t: 1\nisa\t\t: rv64imafdc\n",
};

for (const [architecture, cpuinfo] of Object.entries(processors)) {
  Deno.test(`${architecture} is known by its lines of /proc/cpuinfo`, async () => {
    await withFiles({ cpuinfo }, async (directory) => {
      assert.deepEqual(await readArchitecture(directory), { architecture, file: "proc/cpuinfo" });
    });
  });
}

Deno.test("the kernel's own word stands above what the processors look like", async () => {
  const files = { "sys/kernel/arch": "aarch64\n", "cpuinfo": processors.x86 };
  await withFiles(files, async (directory) => {
    assert.deepEqual(await readArchitecture(directory), {
      architecture: "arm64",
      file: "proc/sys/kernel/arch",
    });
  });
});

Deno.test("without processors the name of the kernel's package tells", async () => {
  await withFiles({ "sys/kernel/osrelease": "5.14.0-70.13.1.el9_0.ppc64le\n" }, async (directory) => {
    assert.equal((await readArchitecture(directory))?.architecture, "ppc64");
  });
});

Deno.test("nothing tells in an empty copy", async () => {
  await withFiles({}, async (directory) => assert.equal(await readArchitecture(directory), undefined));
});
