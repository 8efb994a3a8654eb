import fc from "fast-check";
import assert from "node:assert/strict";
import {
  parsePoolName,
  readHugepagePools,
  readPoolSizes,
} from "../../../../adapters/driver/sysfs/hugepage_pools.ts";
import { formatKernelDirectory, pageSize } from "../../../../core/values/page_size.ts";
import { assertOnlyContentErrors, mixed, withFiles } from "./support.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

/** The files of one pool. */
function pool(kibibytes: number, nr: string, free: string, surplus: string): Record<string, string> {
  const directory = `hugepages-${kibibytes}kB`;
  return {
    [`${directory}/nr_hugepages`]: nr,
    [`${directory}/free_hugepages`]: free,
    [`${directory}/surplus_hugepages`]: surplus,
  };
}

Deno.test("pools are ordered by page size, not by name", async () => {
  await withFiles(
    { ...pool(2048, "8\n", "6\n", "1\n"), ...pool(1048576, "2\n", "2\n", "0\n") },
    async (directory) => {
      const { pools, failures } = await readHugepagePools(directory);
      assert.deepEqual(pools, [
        { pageSize: 2097152n, total: 8n, free: 6n, surplus: 1n },
        { pageSize: 1073741824n, total: 2n, free: 2n, surplus: 0n },
      ]);
      assert.deepEqual(failures, []);
    },
  );
});

Deno.test("no directory and an empty one mean no hugepages", async () => {
  await withFiles({}, async (directory) => {
    const none = { pageSizes: [], pools: [], failures: [] };
    assert.deepEqual(await readHugepagePools(directory), none);
    assert.deepEqual(await readHugepagePools(`${directory}/hugepages`), none);
  });
});

Deno.test("a pool that cannot be read keeps its size and leaves the others", async () => {
  await withFiles(
    { ...pool(2048, "x\n", "0\n", "0\n"), ...pool(64, "1\n", "1\n", "0\n") },
    async (directory) => {
      const { pageSizes, pools, failures } = await readHugepagePools(directory);
      assert.deepEqual(pageSizes, [65536n, 2097152n]);
      assert.deepEqual(pools.map(({ pageSize }) => pageSize), [65536n]);
      assert.deepEqual(failures.map((failure) => failure.pageSizes), [[2097152n]]);
      assert.equal(failures[0]?.error.path, `${directory}/hugepages-2048kB/nr_hugepages`);
    },
  );
});

for (const [free, surplus] of [["5\n", "0\n"], ["0\n", "5\n"]] as const) {
  Deno.test(`a pool of 4 with ${free.trim()} free and ${surplus.trim()} surplus is not believed`, async () => {
    await withFiles(pool(2048, "4\n", free, surplus), async (directory) => {
      const { pools, failures } = await readHugepagePools(directory);
      assert.deepEqual(pools, []);
      assert.match(failures[0]?.error.reason ?? "", /^of 4 pages cannot be/);
    });
  });
}

Deno.test("a directory that cannot be listed leaves every size unknown", async () => {
  await withFiles({ "hugepages": "" }, async (directory) => {
    const { failures } = await readPoolSizes(`${directory}/hugepages`);
    assert.deepEqual(failures.map(({ pageSizes, error }) => [pageSizes, error.reason]), [
      ["every size", "not a directory"],
    ]);
  });
});

Deno.test("a pool of an impossible size is named, and other files are none", async () => {
  await withFiles({ "hugepages-3kB/nr_hugepages": "0\n", "demote": "" }, async (directory) => {
    const { pageSizes, failures } = await readPoolSizes(directory);
    assert.deepEqual(pageSizes, []);
    assert.deepEqual(failures.map(({ error }) => error.path), [`${directory}/hugepages-3kB`]);
  });
});

for (
  const name of ["hugepages-", "hugepages-02048kB", "hugepages-2048", "hugepages-8589934592kB", "x-64kB"]
) {
  Deno.test(`${name} is no directory of a pool`, () => {
    assert.throws(() => parsePoolName(name), ParseError);
  });
}

Deno.test("every size that the kernel can name is read", () => {
  fc.assert(fc.property(fc.integer({ min: 10, max: 42 }), (bits) => {
    const size = pageSize(1n << BigInt(bits));
    assert.equal(parsePoolName(formatKernelDirectory(size)), size);
  }));
});

Deno.test("any name is one of a pool or a ParseError", () => {
  assertOnlyContentErrors(mixed("hugepages-", "kB", "2048", "1"), parsePoolName);
});
