import assert from "node:assert/strict";
import { HostCommandError } from "../../../../adapters/operations/host/host_commands.ts";
import { ociRuntimeFacts } from "../../../../adapters/operations/host/oci_runtime.ts";

/** A host whose programs say this to `features`. */
function host(programs: Readonly<Record<string, string>>) {
  return ([name, ...args]: readonly [string, ...string[]]) => {
    assert.deepEqual(args, ["features"]);
    const stdout = programs[name];
    if (stdout === undefined) return Promise.reject(new HostCommandError(`Cannot run ${name}`));
    return Promise.resolve({ code: 0, stdout, stderr: "" });
  };
}

const without = JSON.stringify({ ociVersionMax: "1.2.0", linux: {} });
const able = JSON.stringify({ ociVersionMax: "1.3.0", linux: { memoryPolicy: { modes: ["MPOL_BIND"] } } });

Deno.test("an OCI runtime says itself whether it has memory policies; the first that is there is asked", async () => {
  assert.deepEqual(await ociRuntimeFacts(["runc"], host({ runc: able })), {
    name: "runc",
    hasPolicies: true,
  });
  assert.deepEqual(await ociRuntimeFacts(["crun", "runc"], host({ runc: without })), {
    name: "runc",
    hasPolicies: false,
  });
});

Deno.test("what cannot be asked, or says something else, is not known", async () => {
  for (const programs of [{}, { runc: "runc version 1.0" }, { runc: "[]" }, { runc: "{}" }]) {
    assert.equal(await ociRuntimeFacts(["runc"], host(programs as Record<string, string>)), undefined);
  }
});
