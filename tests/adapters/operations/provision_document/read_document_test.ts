import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readProvisionDocument } from "../../../../adapters/operations/provision_document/read_document.ts";
import { withFiles } from "../../driver/sysfs/support.ts";

const examples = fileURLToPath(new URL("../../../../deploy/provision", import.meta.url));

for (const { name } of Deno.readDirSync(examples)) {
  Deno.test(`the example ${name} is a provision of that name`, async () => {
    const provision = await readProvisionDocument(`${examples}/${name}`);
    assert.equal(`${provision.name}.yaml`, name);
    assert(provision.pages.length > 0);
  });
}

Deno.test("mistakes are told with the name of the file", async () => {
  await withFiles({ "p.yaml": "kind: Pod\n" }, async (directory) => {
    await assert.rejects(readProvisionDocument(`${directory}/p.yaml`), {
      name: "OperatorError",
      message: new RegExp(`^Cannot read ${directory}/p.yaml as a HugePageProvision:\n {2}line 1, kind: `),
    });
  });
});

Deno.test("a file that is not there, is a directory or too large is no document", async () => {
  await withFiles({ "large.yaml": new Uint8Array((1 << 20) + 1) }, async (directory) => {
    const message = (file: string) => ({ message: new RegExp(`^Cannot read ${directory}${file}`) });
    await assert.rejects(readProvisionDocument(`${directory}/none`), message("/none: not found"));
    await assert.rejects(readProvisionDocument(directory), message(": is a directory"));
    await assert.rejects(
      readProvisionDocument(`${directory}/large.yaml`),
      message("/large.yaml: holds more than 1048576 bytes"),
    );
  });
});
