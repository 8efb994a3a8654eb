import assert from "node:assert/strict";
import { HugetlbNodes, parseNumaStat } from "../../../../adapters/driver/cgroup/hugetlb_by_node.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { withFiles } from "../sysfs/support.ts";

const page2m = parsePageSize("2m");

/** A cgroup on a kernel: its files, and what its processes have mapped. */
interface Case {
  readonly kernel?: string;
  readonly stat: string;
  readonly current: number;
  readonly mems?: string;
  /** `numa_maps` of processes, by id and the cgroup that they are in, from the one that is looked at. */
  readonly processes?: Readonly<Record<string, { readonly cgroup: string; readonly maps: string }>>;
}

function read({ kernel = "6.12.41+deb13-amd64", stat, current, mems = "0-1", processes = {} }: Case) {
  const byCgroup = Map.groupBy(Object.keys(processes), (process) => processes[process]?.cgroup ?? "");
  let found: unknown;
  return withFiles({
    "proc/sys/kernel/osrelease": `${kernel}\n`,
    "pod/hugetlb.2MB.numa_stat": `${stat}\n`,
    "pod/hugetlb.2MB.current": `${current}\n`,
    "pod/cpuset.mems.effective": `${mems}\n`,
    ...Object.fromEntries(
      [...byCgroup].map((
        [cgroup, ids],
      ) => [`pod${cgroup}/cgroup.procs`, ids.map((id) => `${id}\n`).join("")]),
    ),
    ...Object.fromEntries(
      Object.entries(processes).map(([id, { maps }]) => [`proc/${id}/numa_maps`, `${maps}\n`]),
    ),
  }, async (directory) => {
    found = await new HugetlbNodes(`${directory}/proc`).read(`${directory}/pod`, page2m);
  }).then(() => found);
}

function counted(node0: bigint, node1: bigint) {
  return { kind: "counted", bytes: new Map([[0, node0], [1, node1]]) };
}

const stale = "total=4194304 N0=4194304 N1=0";
const onNode1 =
  "7f4a40000000 default file=/anon_hugepage\\040(deleted) huge anon=2 dirty=2 N1=2 kernelpagesize_kB=2048";

Deno.test("what Linux 7.3 says of nodes is believed", async () => {
  assert.deepEqual(
    await read({ kernel: "7.3.0-rc2", stat: stale, current: 4 << 20 }),
    counted(4n << 20n, 0n),
  );
});

Deno.test("what an older kernel says is believed where it is the only node that the pages can be on", async () => {
  assert.deepEqual(await read({ stat: stale, current: 4 << 20, mems: "0" }), counted(4n << 20n, 0n));
});

Deno.test("pages that an older kernel counts on the node they have left are found by what processes map", async () => {
  const processes = { 7: { cgroup: "/container", maps: onNode1 } };
  assert.deepEqual(
    await read({ stat: stale, current: 4 << 20, mems: "1", processes }),
    counted(0n, 4n << 20n),
  );
});

Deno.test("what a pod's containers have, each on its one node, is what the pod has", () => {
  const files = (cgroup: string, mems: string, bytes: number, stat: string) => ({
    [`${cgroup}/cpuset.mems.effective`]: `${mems}\n`,
    [`${cgroup}/hugetlb.2MB.current`]: `${bytes}\n`,
    [`${cgroup}/hugetlb.2MB.numa_stat`]: `total=${bytes} ${stat}\n`,
  });
  const both = {
    ...files("pod", "0-1", 6 << 20, "N0=2097152 N1=4194304"),
    ...files("pod/a", "0", 2 << 20, "N0=2097152 N1=0"),
    ...files("pod/b", "1", 4 << 20, "N0=0 N1=4194304"),
  };
  return withFiles(both, async (directory) => {
    const found = await new HugetlbNodes(`${directory}/proc`).read(`${directory}/pod`, page2m);
    assert.deepEqual(found, counted(2n << 20n, 4n << 20n));
  });
});

Deno.test("a mapping that a process shares with one that it forked is counted once", async () => {
  const processes = { 7: { cgroup: "", maps: onNode1 }, 8: { cgroup: "", maps: onNode1 } };
  assert.deepEqual(await read({ stat: stale, current: 4 << 20, processes }), counted(0n, 4n << 20n));
});

Deno.test("mappings of other sizes, and those that are no hugepages, are not counted", async () => {
  const maps = [
    onNode1,
    "7f4a80000000 default file=/anon_hugepage\\040(deleted) huge anon=1 dirty=1 N0=1 kernelpagesize_kB=1048576",
    "7f4ac0000000 default anon=512 dirty=512 N0=512 kernelpagesize_kB=4",
    "7f4ad0000000 default heap",
  ].join("\n");
  const processes = { 7: { cgroup: "", maps } };
  assert.deepEqual(await read({ stat: stale, current: 4 << 20, processes }), counted(0n, 4n << 20n));
});

Deno.test("where processes map less than the cgroup has, the kernel's figures stay and are doubtful", async () => {
  const bytes = new Map([[0, 4n << 20n], [1, 0n]]);
  assert.deepEqual(await read({ stat: stale, current: 4 << 20 }), { kind: "doubtful", bytes });
});

Deno.test("values near 2^64 are no figures, unless what processes map tells more", async () => {
  const stat = "total=4194304 N0=18446744073705357312 N1=8388608";
  assert.deepEqual(await read({ stat, current: 4 << 20 }), { kind: "no-figure" });
  const processes = { 7: { cgroup: "", maps: onNode1 } };
  assert.deepEqual(await read({ stat, current: 4 << 20, processes }), counted(0n, 4n << 20n));
});

Deno.test("a cgroup that has no pages has none on any node, whatever older kernels say", async () => {
  const stat = "total=0 N0=18446744073705357312 N1=4194304";
  assert.deepEqual(await read({ stat, current: 0 }), counted(0n, 0n));
});

for (
  const text of [
    "",
    "total=x",
    "total=1 N0=",
    "total=1 N5000=1",
    "total=1 M0=1",
    `total=1 N0=${"9".repeat(21)}`,
  ]
) {
  Deno.test(`${JSON.stringify(text)} tells nothing`, () => assert.equal(parseNumaStat(text), undefined));
}
