import { dirname } from "node:path";
import {
  attempt,
  isMissing,
  listDirectory,
  readFile,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { smbiosTableOf, type TopologyRoots } from "../../driver/sysfs/topology_roots.ts";
import { highBandwidthTable } from "./high_bandwidth_table.ts";

/** A file that a topology is read from; its path begins with `sys/` or `proc/`. */
export interface TopologyFile {
  readonly path: string;
  readonly content: Uint8Array;
}

const poolFiles = ["nr_hugepages", "free_hugepages", "surplus_hugepages"];
const nodeFiles = [
  ...["cpulist", "distance", "meminfo"],
  ...["read_bandwidth", "write_bandwidth", "read_latency", "write_latency"].map((name) =>
    `access0/initiators/${name}`
  ),
];

const nodeCpus = /^sys\/devices\/system\/node\/node\d+\/cpulist$/;

/**
 * Reads the files that {@link SysfsTopology} reads, as they are but for the firmware's table, so that the machine can be
 * looked at elsewhere with `--sysfs-root` and `--procfs-root`. A file that is not there is left out, one that cannot be
 * read is among the failures. Never rejects for what is in there.
 */
export async function readTopologyFiles(
  roots: TopologyRoots,
): Promise<{ files: TopologyFile[]; failures: UnreadableFileError[] }> {
  const { sysfsRoot, procfsRoot } = roots;
  const files: TopologyFile[] = [], failures: UnreadableFileError[] = [];
  const take = async (root: string, top: "sys" | "proc", path: string): Promise<void> => {
    const content = await attempt(readFile(`${root}/${path}`, (bytes) => bytes));
    if (!(content instanceof UnreadableFileError)) files.push({ path: `${top}/${path}`, content });
    else if (!isMissing(content)) failures.push(content);
  };
  for (const path of await sysfsPaths(sysfsRoot)) await take(sysfsRoot, "sys", path);
  // As there: where a node has no CPUs, what firmware says of memory counts.
  const withoutCpus = files.filter(({ path, content }) => nodeCpus.test(path) && isBlank(content))
    .map(({ path }) => dirname(path.slice("sys/".length)));
  const table = withoutCpus.length === 0
    ? undefined
    : await attempt(readFile(smbiosTableOf(roots), highBandwidthTable));
  if (table instanceof Uint8Array) {
    files.push({ path: "sys/firmware/dmi/tables/DMI", content: table });
    await take(sysfsRoot, "sys", "devices/system/memory/block_size_bytes");
    for (const node of withoutCpus) {
      for (const path of await blockPaths(sysfsRoot, node)) await take(sysfsRoot, "sys", path);
    }
  } else if (table !== undefined && !isMissing(table)) failures.push(table);
  // CPUs are listed here where a kernel knows no NUMA and no list of CPUs.
  const processor = files.some(({ path }) => path.endsWith("cpu/online")) ? [] : ["cpuinfo"];
  for (
    const path of [
      "meminfo",
      "self/auxv",
      "sys/kernel/random/boot_id",
      "sys/vm/hugetlb_optimize_vmemmap",
      ...processor,
    ]
  ) {
    await take(procfsRoot, "proc", path);
  }
  return { files, failures };
}

async function sysfsPaths(root: string): Promise<string[]> {
  const node = "devices/system/node", globalPools = "kernel/mm/hugepages";
  const nodes = (await names(`${root}/${node}`)).filter((name) => /^node\d{1,4}$/.test(name)).sort();
  const tiering = "devices/virtual/memory_tiering";
  const tiers = (await names(`${root}/${tiering}`)).filter((name) => /^memory_tier\d{1,6}$/.test(name));
  const poolsOfNodes = await Promise.all(nodes.map((name) => poolPaths(root, `${node}/${name}/hugepages`)));
  const linked = await Promise.all(nodes.map((name) => linkedPaths(root, `${node}/${name}`)));
  return [
    ...["online", "possible", "has_normal_memory"].map((name) => `${node}/${name}`),
    "devices/system/cpu/online",
    ...tiers.sort().map((name) => `${tiering}/${name}/nodelist`),
    ...nodes.flatMap((name) => nodeFiles.map((file) => `${node}/${name}/${file}`)),
    ...linked.flat(),
    ...poolsOfNodes.flat(),
    ...await poolPaths(root, globalPools, [...poolFiles, "resv_hugepages"]),
  ];
}

/** Files behind a node's links to other things: the socket of its first CPU, and which nodes reach its memory best. */
async function linkedPaths(root: string, node: string): Promise<string[]> {
  const cpus = (await names(`${root}/${node}`)).flatMap((name) =>
    /^cpu(\d{1,5})$/.exec(name)?.slice(1).map(Number) ?? []
  );
  const [first] = cpus.sort((a, b) => a - b);
  const initiators = `${node}/access1/initiators`;
  const nodes = (await names(`${root}/${initiators}`)).filter((name) => /^node\d{1,4}$/.test(name));
  return [
    ...first === undefined ? [] : [`${node}/cpu${first}/topology/physical_package_id`],
    ...nodes.sort().map((name) => `${initiators}/${name}/cpulist`),
  ];
}

async function poolPaths(root: string, directory: string, files = poolFiles): Promise<string[]> {
  const pools = (await names(`${root}/${directory}`)).filter((name) => /^hugepages-\d{1,12}kB$/.test(name));
  return pools.sort().flatMap((pool) => files.map((file) => `${directory}/${pool}/${file}`));
}

/** A node's memory blocks count by their names alone: a file of each brings its directory along. */
async function blockPaths(root: string, node: string): Promise<string[]> {
  const blocks = (await names(`${root}/${node}`)).filter((name) => /^memory\d{1,16}$/.test(name));
  return blocks.sort().map((block) => `${node}/${block}/state`);
}

/** Whether a file holds nothing but a line end, as a list of no CPUs. */
function isBlank(content: Uint8Array): boolean {
  return new TextDecoder().decode(content).trim() === "";
}

async function names(directory: string): Promise<string[]> {
  const found = await attempt(listDirectory(directory));
  return found instanceof UnreadableFileError ? [] : found;
}
