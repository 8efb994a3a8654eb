import assert from "node:assert/strict";
import { HostCommandError } from "../../../../adapters/operations/host/host_commands.ts";
import { journalLines } from "../../../../adapters/operations/host/journal.ts";
import { programVersions } from "../../../../adapters/operations/host/program_versions.ts";

Deno.test("of a journal only what has to do with the driver is taken, and never all of it", async () => {
  let asked: readonly string[] = [];
  const lines = await journalLines("containerd", (command) => {
    asked = command;
    const stdout = 'a msg="NRI plugin gone"\nb env A=b\nc msg="failed to write hugetlb.2MB.max"\n';
    return Promise.resolve({ code: 0, stdout, stderr: "" });
  });
  assert.deepEqual(lines.map((line) => line[0]), ["a", "c"]);
  assert.deepEqual(asked.slice(0, 5), ["journalctl", "--unit", "containerd", "--lines", "5000"]);
});

Deno.test("a journal that cannot be read is an error with its reason", async () => {
  const refusing = () => Promise.resolve({ code: 1, stdout: "", stderr: "No permission\n" });
  await assert.rejects(journalLines("crio", refusing), {
    name: "HostCommandError",
    message: "Cannot read the journal of crio: No permission",
  });
});

Deno.test("programs say their version, and those that are not there say nothing", async () => {
  const versions = await programVersions(["runc", "crun", "crio"], ([program]) => {
    if (program === "crun") return Promise.reject(new HostCommandError("Cannot run crun"));
    return Promise.resolve({
      code: program === "crio" ? 1 : 0,
      stdout: "runc version 1.4\ncommit: x\n",
      stderr: "",
    });
  });
  assert.deepEqual([...versions], [["runc", "runc version 1.4"], ["crun", undefined], ["crio", undefined]]);
});
