import assert from "node:assert/strict";
import { finished, startDramemory } from "./dramemory.ts";

const uid = "0c01e379-873c-488c-8f77-02fdeaf6711a";
const claimed = (environment: Readonly<Record<string, string>>) =>
  finished(startDramemory(["check-claim", "-o", "json"], environment));

Deno.test("check-claim in a container without a claim says how it gets one", async () => {
  const { code, stderr } = await claimed({});
  assert.equal(code, 1);
  assert.match(stderr, /given no claim .*spec\.resourceClaims .*resources\.claims/);
});

Deno.test("check-claim in a container with memory of a node that there is not fails, and says which", async () => {
  const { code, stdout, stderr } = await claimed({
    [`DRAMEMORY_${uid}_NUMANodes`]: "1023",
    [`DRAMEMORY_${uid}_memory`]: "numanode:1023,size:64Mi",
  });
  assert.equal(code, 1);
  assert.match(stdout, /"promised": "1023"/);
  assert.match(stderr, /not as promised/);
});

Deno.test("check-claim refuses variables that contradict each other", async () => {
  const { code, stderr } = await claimed({ [`DRAMEMORY_${uid}_NUMANodes`]: "0" });
  assert.equal(code, 1);
  assert.match(stderr, /stands without an amount/);
});
