import assert from "node:assert/strict";
import { readDefaultHugepageSize } from "../../../../adapters/shared/kernel_files/default_hugepage_size.ts";
import { SysfsHugepagePools } from "../../../../adapters/operations/hugepages/sysfs_hugepage_pools.ts";
import { numaNodeId } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { rootsIn, withFiles } from "../../driver/sysfs/support.ts";

const page2m = parsePageSize("2m"), node0 = numaNodeId(0), node1 = numaNodeId(1);
const withNodes = {
  "sys/devices/system/node/node1/compact": "",
  "sys/devices/system/node/node1/meminfo": "Node 1 MemTotal:  8 kB\nNode 1 MemFree:  4 kB\n",
  ...pool("sys/devices/system/node/node1/hugepages"),
  ...pool("sys/kernel/mm/hugepages"),
  "proc/sys/vm/compact_memory": "",
  "proc/meminfo": "MemTotal:  64 kB\nMemFree:  32 kB\nHugepagesize:    2048 kB\n",
};
const withoutNodes = Object.fromEntries(
  Object.entries(withNodes).filter(([path]) => !path.includes("/node/")),
);

function pool(directory: string): Record<string, string> {
  const path = `${directory}/hugepages-2048kB`;
  return {
    [`${path}/nr_hugepages`]: "1024\n",
    [`${path}/free_hugepages`]: "3\n",
    [`${path}/surplus_hugepages`]: "0\n",
  };
}

function inTree(
  files: Record<string, string>,
  test: (pools: SysfsHugepagePools, read: (path: string) => string) => Promise<void>,
): Promise<void> {
  return withFiles(
    files,
    (directory) =>
      test(
        new SysfsHugepagePools(rootsIn(directory)),
        (path) => Deno.readTextFileSync(`${directory}/${path}`),
      ),
  );
}

Deno.test("a node's pool is resized by the node's own file alone, and read back", async () => {
  await inTree(withNodes, async (pools, read) => {
    await pools.resize(node1, page2m, 8n);
    assert.equal(read("sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages"), "8\n");
    assert.equal(read("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), "1024\n");
    assert.deepEqual(await pools.read(node1, page2m), { pageSize: page2m, total: 8n, free: 3n, surplus: 0n });
  });
});

Deno.test("without NUMA the pools of the machine are those of node 0", async () => {
  await inTree(withoutNodes, async (pools, read) => {
    await pools.resize(node0, page2m, 8n);
    assert.equal(read("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), "8\n");
    assert.equal((await pools.read(node0, page2m)).total, 8n);
    assert.equal(await pools.freeBytes(node0), 32n << 10n);
  });
});

Deno.test("memory is moved together on the node, or on the machine where the kernel knows no nodes", async () => {
  await inTree(withNodes, async (pools, read) => {
    assert.equal(await pools.compact(node1), true);
    assert.equal(read("sys/devices/system/node/node1/compact"), "1");
    assert.equal(read("proc/sys/vm/compact_memory"), "");
  });
  await inTree(withoutNodes, async (pools, read) => {
    assert.equal(await pools.compact(node0), true);
    assert.equal(read("proc/sys/vm/compact_memory"), "1");
  });
});

Deno.test("a kernel that cannot move memory together is no error", async () => {
  await inTree({}, async (pools) => assert.equal(await pools.compact(node0), false));
});

Deno.test("the free memory of a node is its own", async () => {
  await inTree(withNodes, async (pools) => assert.equal(await pools.freeBytes(node1), 4n << 10n));
  await inTree({}, async (pools) => assert.equal(await pools.freeBytes(node1), undefined));
});

Deno.test("a process may take memory from the nodes that the kernel lists for it, or from all", async () => {
  const status = (list: string) => ({
    "proc/self/status": `Mems_allowed:\t3\nMems_allowed_list:\t${list}\n`,
  });
  await inTree(status("0,2-3"), async (pools) => {
    assert.deepEqual([await pools.mayUse(node0), await pools.mayUse(node1)], [true, false]);
  });
  for (const files of [status("x"), { "proc/self/status": "Name:\tx\n" }, {}]) {
    await inTree(files, async (pools) => assert.equal(await pools.mayUse(node1), true));
  }
});

Deno.test("a pool that is not there is made by nobody", async () => {
  await inTree(withNodes, async (pools) => {
    const expected = {
      name: "HugepagePoolError",
      message: /^Cannot set the pages of 2Mi on NUMA node 0 to 8: .*not found/,
    };
    await assert.rejects(pools.resize(node0, page2m, 8n), expected);
    await assert.rejects(
      pools.read(node0, page2m),
      /^HugepagePoolError: Cannot count the pages of 2Mi on NUMA node 0/,
    );
  });
});

Deno.test("a file that may not be written says who may", async () => {
  await withFiles(withNodes, async (directory) => {
    const path = `${directory}/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages`;
    await Deno.remove(path);
    // A file of the kernel that nobody may write, root neither.
    await Deno.symlink("/sys/devices/system/cpu/online", path);
    const resizing = new SysfsHugepagePools(rootsIn(directory)).resize(node1, page2m, 8n);
    await assert.rejects(
      resizing,
      /nr_hugepages: (permission denied|read-only file system) \(.*(root|AppArmor|mount)/,
    );
  });
});

for (
  const [what, meminfo, size] of [
    ["tells", "MemTotal: 1 kB\nHugepagesize:    1048576 kB\n", 1n << 30n],
    ["does not tell", "MemTotal: 1 kB\n", undefined],
    ["tells nonsense of", "Hugepagesize:       3 kB\n", undefined],
  ] as const
) {
  Deno.test(`/proc/meminfo ${what} the default size`, async () => {
    await withFiles({ meminfo }, async (directory) => {
      assert.equal(await readDefaultHugepageSize(directory), size);
    });
  });
}
