import assert from "node:assert/strict";
import { parseMemoryPolicy } from "../../../../adapters/shared/kernel_files/numa_maps.ts";

for (
  const [line, policy] of [
    ["00400000 default file=/workload mapped=3 N0=3 kernelpagesize_kB=4", "default"],
    ["00400000 interleave=static:0,2 file=/workload N0=3", "interleave:0,2"],
    ["00400000 weighted interleave=static:0-1 file=/workload", "weightedInterleave:0-1"],
    ["00400000 prefer=static:2 anon=1", "preferred:2"],
    ["00400000 prefer (many):0,2", "preferredMany:0,2"],
    ["00400000 bind=static|balancing:1 anon=1", "bind:1"],
    ["00400000 local anon=1", "local"],
    ["no line of it", undefined],
  ] as const
) {
  Deno.test(`the policy of ${JSON.stringify(line)} is ${policy}, whatever the mappings after it have`, () => {
    assert.equal(parseMemoryPolicy(`${line}\n7f0000000000 bind:7 anon=1\n`), policy);
  });
}

Deno.test("a process without memory, as one that has ended, has no policy", () => {
  assert.equal(parseMemoryPolicy(""), undefined);
});
