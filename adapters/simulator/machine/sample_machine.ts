import { dirname, join } from "node:path";
import { smbiosTable } from "./smbios_table.ts";

/** A machine that the demo can stand in for: what its kernel would say in sysfs and procfs. */
export interface SampleMachine {
  /** The size of an ordinary page in bytes. */
  readonly basePageBytes: bigint;
  readonly nodes: readonly {
    readonly id: number;
    readonly cpus: string;
    readonly memoryKibibytes: number;
    readonly distances: readonly number[];
    /** Pages by page size in KiB. */
    readonly hugepages: Readonly<Record<number, number>>;
    /** The kernel's number of its memory tier; left out for a kernel without tiers. */
    readonly tier?: number;
    /** What firmware says of its memory (SMBIOS), on all nodes or none; node after node from the address 0 on. */
    readonly firmware?: { readonly deviceType: "ddr5" | "hbm2"; readonly devices: number };
    /** As the firmware says; left out where it does not. */
    readonly speed?: { readonly mebibytesPerSecond: number; readonly nanoseconds: number };
  }[];
}

/** Two sockets with 16 GiB each and pools of both hugepage sizes, as a small x86_64 server has them. */
export const twoNuma: SampleMachine = {
  basePageBytes: 4096n,
  nodes: [
    {
      id: 0,
      cpus: "0-7",
      memoryKibibytes: 16 << 20,
      distances: [10, 21],
      hugepages: { 2048: 1024, 1048576: 4 },
    },
    {
      id: 1,
      cpus: "8-15",
      memoryKibibytes: 16 << 20,
      distances: [21, 10],
      hugepages: { 2048: 1024, 1048576: 4 },
    },
  ],
};

const beside = { tier: 4, speed: { mebibytesPerSecond: 128 << 10, nanoseconds: 85 } };

/** Two sockets and, nearer to the second one, memory without CPUs that is slower and larger, as behind CXL. */
export const memoryTiers: SampleMachine = {
  basePageBytes: 4096n,
  nodes: [
    ...twoNuma.nodes.map((node, index) => ({
      ...node,
      ...beside,
      distances: [...node.distances, index === 0 ? 31 : 24],
    })),
    {
      id: 2,
      cpus: "",
      memoryKibibytes: 64 << 20,
      distances: [31, 24, 10],
      hugepages: { 2048: 0, 1048576: 8 },
      tier: 22,
      speed: { mebibytesPerSecond: 26 << 10, nanoseconds: 240 },
    },
  ],
};

/** Two sockets, each with 64 GiB in its package, which are a node without CPUs, as a Xeon Max in flat mode has them. */
export const highBandwidth: SampleMachine = {
  basePageBytes: 4096n,
  nodes: [
    ...twoNuma.nodes.map((node, index) => ({
      ...node,
      distances: [...node.distances, ...index === 0 ? [13, 23] : [23, 13]],
      firmware: { deviceType: "ddr5" as const, devices: 1 },
    })),
    ...[2, 3].map((id) => ({
      id,
      cpus: "",
      memoryKibibytes: 64 << 20,
      distances: id === 2 ? [13, 23, 10, 23] : [23, 13, 23, 10],
      hugepages: { 2048: 0, 1048576: 0 },
      firmware: { deviceType: "hbm2" as const, devices: 4 },
    })),
  ],
};

/** One socket of an arm64 server whose kernel has pages of 16 KiB, with the hugepage sizes that come with them. */
export const arm64With16k: SampleMachine = {
  basePageBytes: 16384n,
  nodes: [{
    id: 0,
    cpus: "0-31",
    memoryKibibytes: 32 << 20,
    distances: [10],
    hugepages: { 2048: 64, 32768: 32, 1048576: 4 },
  }],
};

/** Two sockets of an arm64 server whose kernel has pages of 64 KiB, with the hugepage sizes that come with them. */
export const arm64With64k: SampleMachine = {
  basePageBytes: 65536n,
  nodes: [0, 1].map((id) => ({
    id,
    cpus: id === 0 ? "0-31" : "32-63",
    memoryKibibytes: 32 << 20,
    distances: id === 0 ? [10, 20] : [20, 10],
    hugepages: { 2048: 512, 524288: 8, 16777216: 0 },
  })),
};

/** Writes a machine's files below two directories that then stand in for /sys and /proc. */
export async function writeSampleMachine(
  { basePageBytes, nodes }: SampleMachine,
  sysfs: string,
  procfs: string,
): Promise<void> {
  const ids = nodes.map(({ id }) => id).join(",");
  const total = nodes.reduce((sum, { memoryKibibytes }) => sum + memoryKibibytes, 0);
  const nodeFiles = nodes.flatMap(({ id, cpus, memoryKibibytes, distances, hugepages, speed }) => {
    const files = {
      cpulist: cpus,
      distance: distances.join(" "),
      meminfo: `Node ${id} MemTotal:  ${memoryKibibytes} kB\nNode ${id} MemFree:  ${memoryKibibytes} kB`,
      ...poolFiles("hugepages", hugepages),
      ...speed === undefined ? {} : speedFiles(speed),
    };
    return Object.entries(files).map(([name, text]) =>
      [`devices/system/node/node${id}/${name}`, text] as const
    );
  });
  await writeText(sysfs, [
    ["devices/system/node/online", ids],
    ["devices/system/node/possible", ids],
    ...nodeFiles,
    ...Object.entries(tierFiles(nodes)),
    ...memoryBlockFiles(nodes),
    ...Object.entries(poolFiles("kernel/mm/hugepages", sumOfPools(nodes.map(({ hugepages }) => hugepages)))),
  ]);
  await writeFirmwareTable(nodes, sysfs);
  await writeText(procfs, [["meminfo", `MemTotal:  ${total} kB`]]);
  await Deno.mkdir(join(procfs, "self"));
  await Deno.writeFile(join(procfs, "self/auxv"), auxiliaryVector(basePageBytes));
}

function poolFiles(directory: string, pools: Readonly<Record<number, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pools).flatMap(([kibibytes, pages]) => {
      const pool = `${directory}/hugepages-${kibibytes}kB`;
      return [
        [`${pool}/nr_hugepages`, `${pages}`],
        [`${pool}/free_hugepages`, `${pages}`],
        [`${pool}/surplus_hugepages`, "0"],
      ];
    }),
  );
}

function speedFiles(
  { mebibytesPerSecond, nanoseconds }: NonNullable<SampleMachine["nodes"][number]["speed"]>,
): Record<string, string> {
  return Object.fromEntries(["read", "write"].flatMap((direction) => [
    [`access0/initiators/${direction}_bandwidth`, `${mebibytesPerSecond}`],
    [`access0/initiators/${direction}_latency`, `${nanoseconds}`],
  ]));
}

function tierFiles(nodes: SampleMachine["nodes"]): Record<string, string> {
  const tiers = Map.groupBy(nodes.filter(({ tier }) => tier !== undefined), ({ tier }) => tier);
  return Object.fromEntries([...tiers].map(([tier, members]) => [
    `devices/virtual/memory_tiering/memory_tier${tier}/nodelist`,
    members.map(({ id }) => id).join(","),
  ]));
}

/** The size of a block on machines with 64 GiB and more (`probe_memory_block_size` of arch/x86/mm/init_64.c). */
const blockKibibytes = 2 << 20;

/** For each node what begins its memory, in KiB. */
function starts(nodes: SampleMachine["nodes"]): number[] {
  let next = 0;
  return nodes.map(({ memoryKibibytes }) => (next += memoryKibibytes) - memoryKibibytes);
}

/** Where there is nothing of the firmware's to compare them with, blocks are left out. */
function memoryBlockFiles(nodes: SampleMachine["nodes"]): (readonly [path: string, text: string])[] {
  if (nodes.every(({ firmware }) => firmware === undefined)) return [];
  const first = starts(nodes).map((start) => start / blockKibibytes);
  return [
    ["devices/system/memory/block_size_bytes", (blockKibibytes * 1024).toString(16)],
    ...nodes.flatMap(({ id, memoryKibibytes }, index) =>
      Array.from(
        { length: memoryKibibytes / blockKibibytes },
        (_, block) =>
          [`devices/system/node/node${id}/memory${(first[index] ?? 0) + block}/state`, "online"] as const,
      )
    ),
  ];
}

async function writeFirmwareTable(nodes: SampleMachine["nodes"], sysfs: string): Promise<void> {
  const start = starts(nodes);
  const arrays = nodes.flatMap(({ firmware, memoryKibibytes }, index) =>
    firmware === undefined ? [] : {
      ...firmware,
      startBytes: BigInt(start[index] ?? 0) << 10n,
      bytes: BigInt(memoryKibibytes) << 10n,
    }
  );
  if (arrays.length === 0) return;
  const directory = join(sysfs, "firmware/dmi/tables");
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeFile(join(directory, "DMI"), smbiosTable(arrays));
}

function sumOfPools(pools: readonly Readonly<Record<number, number>>[]): Record<number, number> {
  const sums: Record<number, number> = {};
  for (const [size, pages] of pools.flatMap((pool) => Object.entries(pool))) {
    sums[Number(size)] = (sums[Number(size)] ?? 0) + pages;
  }
  return sums;
}

/** The two entries that matter: the page size (AT_PAGESZ, 6) and the end (AT_NULL, 0); see getauxval(3). */
function auxiliaryVector(pageSize: bigint): Uint8Array {
  const words = new DataView(new ArrayBuffer(32));
  [6n, pageSize, 0n, 0n].forEach((word, index) => words.setBigUint64(index * 8, word, true));
  return new Uint8Array(words.buffer);
}

async function writeText(
  root: string,
  files: readonly (readonly [path: string, text: string])[],
): Promise<void> {
  for (const [path, text] of files) {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), `${text}\n`);
  }
}
