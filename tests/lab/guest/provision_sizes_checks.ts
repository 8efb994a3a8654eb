/** What the kernel makes of `dramemory setup-hugepages` with pages of two sizes, on the machine with room for them. */
import assert from "node:assert/strict";
import { pagesOf, setPages, setup } from "./setup_hugepages.ts";

const nodes = [0, 1];

/** Runs a check and leaves the pools empty. */
function check(name: string, body: () => Promise<void>): void {
  Deno.test(name, async () => {
    try {
      await body();
    } finally {
      for (const size of ["1G", "2M"] as const) await setPages(size, [0, 0]);
    }
  });
}

async function counts() {
  return { "1G": await pagesOf("1G", nodes), "2M": await pagesOf("2M", nodes) };
}

check("pages of both sizes come to both nodes", async () => {
  const { code, stderr } = await setup([{ size: "1G", count: 2 }, { count: 100 }]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual(await counts(), { "1G": [1, 1], "2M": [50, 50] });
});

// The node has six, of which the first is the kernel's; what it keeps of a node lies at the end, in the last one.
check("pages of 1 GiB of which a node has not as many pieces are told, and all is taken back", async () => {
  await setPages("2M", [0, 30]);
  const wishes = [{ count: 10, node: 1 }, { size: "1G", count: 5, node: 0 }] as const;
  const { code, stderr } = await setup(wishes, { options: ["--rollback"] });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Cannot get 5 pages of 1Gi on NUMA node 0: the kernel gave [0-4], since the .* in pieces/,
  );
  assert.deepEqual(await counts(), { "1G": [0, 0], "2M": [0, 30] });
});
