import assert from "node:assert/strict";
import { parseReport } from "../workload/report.ts";
import { filesBelow } from "./oci_layout.ts";
import { makeArchive, noRoot, unpackImage } from "./_root.ts";

Deno.test({
  name: `the workload's image${noRoot === undefined ? "" : ` (skipped: ${noRoot})`}`,
  ignore: noRoot !== undefined,
  fn: async (test) => {
    const directory = await Deno.makeTempDir({ prefix: "dramemory-workload-image-" });
    try {
      await makeArchive("workload-image-archive", `${directory}/image.tar`);
      const image = await unpackImage(`${directory}/image.tar`, directory);

      await test.step("holds the program alone", () => {
        assert.deepEqual(filesBelow(image.root), ["workload"]);
      });

      await test.step("says where its memory is, all of it", async () => {
        const { code, stdout } = await image.run("--bytes", "8Mi");
        const report = parseReport(stdout);
        assert.ok("nodes" in report);
        assert.equal(report.bytes, 8 << 20);
        assert.equal(Object.values(report.nodes).reduce((sum, bytes) => sum + bytes), 8 << 20);
        assert.equal(code, 0);
      });

      await test.step("tells that there is no such mapping, and by its code", async () => {
        const { code, stdout } = await image.run("--bytes", "1048576Gi", "--hugepages", "2m");
        assert.deepEqual(parseReport(stdout), { failed: "mmap", reason: "ENOMEM" });
        assert.equal(code, 3);
      });

      await test.step("tells a wrong command line from a failure", async () => {
        for (const args of [[], ["--bytes", "0"], ["--bytes", "1Mi", "--hugepages", "4m"], ["1Mi"]]) {
          const { code, stdout, stderr } = await image.run(...args);
          assert.deepEqual([code, stdout], [2, ""]);
          assert.match(stderr, /^Cannot run: .*\nusage: workload --bytes/);
        }
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
