import assert from "node:assert/strict";
import { dirname } from "node:path";
import { readMemoryOrigins } from "../../../../adapters/driver/sysfs/memory_origins.ts";
import { withFiles } from "./support.ts";

/** A DAX device of a machine, where the kernel has it below `devices`. */
interface DaxDevice {
  readonly path: string;
  readonly target: string;
  /** The driver that it is bound to. */
  readonly driver?: string;
}

const cxlRegion = "platform/ACPI0017:00/root0/decoder0.0/region0";
const ndRegion = "LNXSYSTM:00/ACPI0012:00/ndbus0/region0";
const setApart = "platform/hmem.0";

/** The origins that are read on a machine with these devices, and on which bus others are. */
async function originsOf(devices: readonly DaxDevice[]): Promise<unknown> {
  const files = devices.map(({ path, target }) => [`devices/${path}/target_node`, target]);
  let found: unknown;
  await withFiles({ ...Object.fromEntries(files), "bus/dax/devices/.keep": "" }, async (root) => {
    await Deno.remove(`${root}/bus/dax/devices/.keep`);
    const link = async (target: string, path: string) => {
      await Deno.mkdir(dirname(`${root}/${path}`), { recursive: true });
      await Deno.symlink(`${root}/${target}`, `${root}/${path}`);
    };
    for (const [path, bus] of [[cxlRegion, "cxl"], [ndRegion, "nd"], [setApart, "platform"]] as const) {
      await link(`bus/${bus}`, `devices/${path}/subsystem`);
    }
    for (const { path, driver = "kmem" } of devices) {
      await link(`bus/dax/drivers/${driver}`, `devices/${path}/driver`);
      await link("bus/dax", `devices/${path}/subsystem`);
      await link(`devices/${path}`, `bus/dax/devices/${path.split("/").at(-1)}`);
    }
    const { byNode, failures } = await readMemoryOrigins(root);
    found = [Object.fromEntries(byNode), ...failures.map(({ message }) => message.replaceAll(root, ""))];
  });
  return found;
}

Deno.test("memory of a DAX device is of the bus that one of the devices above it is on", async () => {
  const origins = await originsOf([
    { path: `${cxlRegion}/dax_region0/dax0.0`, target: "2\n" },
    { path: `${ndRegion}/dax1.0/dax1.0`, target: "3\n" },
  ]);
  assert.deepEqual(origins, [{ 2: "cxl", 3: "pmem" }]);
});

Deno.test("memory that the firmware only set apart is of no known origin", async () => {
  assert.deepEqual(await originsOf([{ path: `${setApart}/dax0.0`, target: "2\n" }]), [{}]);
});

Deno.test("a node whose memory is of several origins, or partly of an unknown one, is of none", async () => {
  const origins = await originsOf([
    { path: `${cxlRegion}/dax_region0/dax0.0`, target: "2\n" },
    { path: `${ndRegion}/dax1.0/dax1.0`, target: "2\n" },
    { path: `${cxlRegion}/dax_region0/dax2.0`, target: "3\n" },
    { path: `${setApart}/dax3.0`, target: "3\n" },
  ]);
  assert.deepEqual(origins, [{}]);
});

Deno.test("a DAX device that programs map themselves is no memory of a node", async () => {
  const device = { path: `${ndRegion}/dax1.0/dax1.0`, target: "2\n", driver: "device_dax" };
  assert.deepEqual(await originsOf([device]), [{}]);
});

Deno.test("a target that is no node is a failure that names the file, and the others are read", async () => {
  const origins = await originsOf([
    { path: `${cxlRegion}/dax_region0/dax0.0`, target: "x\n" },
    { path: `${cxlRegion}/dax_region0/dax0.1`, target: "2\n" },
  ]);
  assert.deepEqual(origins, [
    { 2: "cxl" },
    'Cannot read /bus/dax/devices/dax0.0/target_node: expected a list such as 0-3,8, found "x"',
  ]);
});

Deno.test("without DAX devices, and in a copy whose links lead nowhere, nothing is known and nothing failed", async () => {
  await withFiles({ "bus/dax/devices/dax0.0": "", "x/y": "" }, async (root) => {
    for (const sysfs of [root, `${root}/x`]) {
      assert.deepEqual(await readMemoryOrigins(sysfs), { byNode: new Map(), failures: [] });
    }
  });
});
