import assert from "node:assert/strict";
import type { Inspection } from "../../../cmd/inspect/inspection.ts";

const inspection: Inspection = JSON.parse(await shell("dramemory inspect -o json"));

Deno.test("the node without CPUs is high-bandwidth memory, as the firmware's table says", async () => {
  console.log(
    await shell(
      "dramemory inspect",
    ),
  );
  assert.deepEqual(inspection.nodes.map(({ kind }) => kind), ["dram", "hbm"]);
  const device = inspection.devices.find(({ name }) => name === "memory-numa1");
  assert.deepEqual(device?.attributes["dra.memory/kind"], { string: "hbm" });
});

Deno.test("it is of the fastest tier, and memory beside CPUs of the next one", () => {
  assert.deepEqual(inspection.nodes.map(({ tier }) => tier), [1, 0]);
});

Deno.test("a table that is cut off is told, and the memory is of no known kind", async () => {
  const table = "/tmp/cut-off-table";
  await shell(`head -c 100 /sys/firmware/dmi/tables/DMI >${table}`);
  const { code, stdout, stderr } = await output(`dramemory inspect --smbios-table ${table}`);
  assert.equal(code, 1);
  assert.match(stdout, /^1 +cpuless +- /m);
  assert.match(stderr, /^Cannot read \/tmp\/cut-off-table: ends (at byte|within the structure)/m);
});

Deno.test("without the table, as a container is without it, nothing is told and nothing failed", async () => {
  const { code, stdout, stderr } = await output("dramemory inspect --smbios-table /nowhere");
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^1 +cpuless +- /m);
});

async function shell(command: string): Promise<string> {
  const { code, stdout, stderr } = await output(command);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function output(command: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", command],
    signal: AbortSignal.timeout(60_000),
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
