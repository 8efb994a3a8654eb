import { LabError } from "./lab_error.ts";

/** The hugepage sizes of x86_64. */
export type HugepageSize = "2m" | "1g";

/** One NUMA node of a machine of the lab. Its id is its place in the list: QEMU numbers nodes without gaps. */
export interface LabNode {
  readonly cpus: readonly number[];
  readonly memoryMiB: number;
  /** Whether its memory is plugged in at boot and brought online in ZONE_MOVABLE, as memory behind CXL. */
  readonly movable?: boolean;
  /** The pages of each pool that is filled at boot. */
  readonly hugepages: Readonly<Partial<Record<HugepageSize, number>>>;
  /** How fast its memory is from the CPUs of the nearest node, as the firmware's HMAT says; no HMAT where none has it. */
  readonly speed?: MemorySpeed;
  /** Whether firmware says that it is high-bandwidth memory (SMBIOS). */
  readonly highBandwidth?: boolean;
}

/** What the firmware says of memory, for reading and writing alike. */
export interface MemorySpeed {
  readonly initiator: number;
  readonly latencyNanoseconds: number;
  readonly bandwidthMebibytes: number;
}

/** A machine that the lab builds, and what `dramemory inspect` must make of it. */
export interface LabMachine {
  readonly name: string;
  /** The oldest kernel that has what is checked on it; Debian's stock one where that is missing or old enough. */
  readonly oldestKernel?: "6.12";
  readonly nodes: readonly LabNode[];
  /** From each node (row) to each node (column), 10 to itself. */
  readonly distances: readonly (readonly number[])[];
  /** What its CPUs know, ascending. */
  readonly hugepageSizes: readonly HugepageSize[];
  /** The devices that the driver publishes for it. */
  readonly devices: readonly string[];
  /** What is checked on it: `inspect` stands for guest/inspect_checks.ts. */
  readonly checks: readonly string[];
  /** What its kernel is told beyond what every machine's is. */
  readonly kernelParameters?: readonly string[];
}

/** Every machine of the lab, by name. */
export const labMachines: readonly LabMachine[] = [
  {
    name: "one-node",
    nodes: [{ cpus: [0, 1], memoryMiB: 1024, hugepages: { "2m": 32 } }],
    distances: [[10]],
    hugepageSizes: ["2m", "1g"],
    devices: ["memory-numa0", "hugepages-2m-numa0"],
    checks: ["inspect", "validate"],
  },
  {
    name: "two-nodes",
    nodes: [
      { cpus: [0], memoryMiB: 576, hugepages: { "2m": 64 } },
      { cpus: [1], memoryMiB: 2048, hugepages: { "2m": 64, "1g": 1 } },
    ],
    distances: [[10, 21], [21, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: [
      "memory-numa0",
      "memory-numa1",
      "hugepages-2m-numa0",
      "hugepages-2m-numa1",
      "hugepages-1g-numa1",
    ],
    checks: ["inspect", "hugetlb", "cpuset", "page_moves", "by_hand", "driver"],
  },
  {
    name: "four-nodes",
    nodes: [
      { cpus: [0], memoryMiB: 512, hugepages: { "2m": 8 } },
      { cpus: [1], memoryMiB: 512, hugepages: {} },
      { cpus: [2], memoryMiB: 512, hugepages: { "2m": 16 } },
      { cpus: [3], memoryMiB: 512, hugepages: { "2m": 4 } },
    ],
    distances: [[10, 16, 32, 32], [16, 10, 32, 32], [32, 32, 10, 16], [32, 32, 16, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: [
      "memory-numa0",
      "memory-numa1",
      "memory-numa2",
      "memory-numa3",
      "hugepages-2m-numa0",
      "hugepages-2m-numa2",
      "hugepages-2m-numa3",
    ],
    checks: ["inspect", "provision"],
  },
  {
    // With room for pages of 1 GiB. Within seconds of a boot something of the kernel's lies in most pieces of that size:
    // of three on a node none may be left.
    name: "roomy-nodes",
    nodes: [
      { cpus: [0], memoryMiB: 6144, hugepages: { "1g": 1 } },
      { cpus: [1], memoryMiB: 6144, hugepages: { "1g": 1 } },
    ],
    distances: [[10, 21], [21, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: ["memory-numa0", "memory-numa1", "hugepages-1g-numa0", "hugepages-1g-numa1"],
    checks: ["inspect", "gigantic_reservation", "provision_sizes", "reservation"],
  },
  {
    // Memory behind CXL, or the high-bandwidth memory of a processor.
    name: "cpu-less-node",
    nodes: [
      { cpus: [0, 1], memoryMiB: 1024, hugepages: {} },
      { cpus: [], memoryMiB: 1024, hugepages: { "2m": 32 } },
    ],
    distances: [[10, 40], [40, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: ["memory-numa0", "memory-numa1", "hugepages-2m-numa1"],
    checks: ["inspect"],
  },
  {
    // Memory behind CXL that was brought online as movable: the kernel has none of it for itself.
    name: "movable-node",
    nodes: [
      { cpus: [0, 1], memoryMiB: 1024, hugepages: {} },
      { cpus: [], memoryMiB: 512, movable: true, hugepages: {} },
    ],
    distances: [[10, 40], [40, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: ["memory-numa0", "memory-numa1"],
    checks: ["movable"],
  },
  {
    // Beside two ordinary nodes one without CPUs, whose memory is slower, as the firmware says (HMAT). Were the ordinary
    // ones not alike within a tenth, the kernel would make no tiers of it (mt_set_default_dram_perf of mm/memory-tiers.c).
    name: "memory-tiers",
    oldestKernel: "6.12",
    nodes: [
      {
        cpus: [0],
        memoryMiB: 768,
        hugepages: { "2m": 8 },
        speed: { initiator: 0, latencyNanoseconds: 80, bandwidthMebibytes: 102400 },
      },
      {
        cpus: [1],
        memoryMiB: 768,
        hugepages: {},
        speed: { initiator: 1, latencyNanoseconds: 80, bandwidthMebibytes: 102400 },
      },
      {
        cpus: [],
        memoryMiB: 768,
        hugepages: { "2m": 16 },
        speed: { initiator: 1, latencyNanoseconds: 250, bandwidthMebibytes: 20480 },
      },
    ],
    distances: [[10, 21, 31], [21, 10, 20], [31, 20, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: [
      "memory-numa0",
      "memory-numa1",
      "memory-numa2",
      "hugepages-2m-numa0",
      "hugepages-2m-numa2",
    ],
    checks: ["inspect", "memory_tiers", "demotion"],
  },
  {
    // High-bandwidth memory in the processor's package, as firmware calls it (SMBIOS); and it is faster (HMAT).
    name: "high-bandwidth-node",
    oldestKernel: "6.12",
    nodes: [
      {
        cpus: [0, 1],
        memoryMiB: 768,
        hugepages: { "2m": 8 },
        speed: { initiator: 0, latencyNanoseconds: 100, bandwidthMebibytes: 102400 },
      },
      {
        cpus: [],
        memoryMiB: 512,
        hugepages: {},
        speed: { initiator: 0, latencyNanoseconds: 100, bandwidthMebibytes: 409600 },
        highBandwidth: true,
      },
    ],
    distances: [[10, 13], [13, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: ["memory-numa0", "memory-numa1", "hugepages-2m-numa0"],
    checks: ["inspect", "high_bandwidth"],
  },
  {
    name: "memory-less-node",
    nodes: [
      { cpus: [0], memoryMiB: 1024, hugepages: { "2m": 32 } },
      { cpus: [1], memoryMiB: 0, hugepages: {} },
    ],
    distances: [[10, 21], [21, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: ["memory-numa0", "hugepages-2m-numa0"],
    checks: ["inspect", "memory_less"],
  },
  {
    name: "asymmetric-distances",
    nodes: [
      { cpus: [0], memoryMiB: 512, hugepages: {} },
      { cpus: [1], memoryMiB: 512, hugepages: { "2m": 8 } },
      { cpus: [2], memoryMiB: 512, hugepages: {} },
    ],
    distances: [[10, 20, 30], [25, 10, 40], [35, 45, 10]],
    hugepageSizes: ["2m", "1g"],
    devices: ["memory-numa0", "memory-numa1", "memory-numa2", "hugepages-2m-numa1"],
    checks: ["inspect"],
  },
  {
    // Empty pools, and CPUs that do not know pages of 1 GiB.
    name: "no-hugepages",
    nodes: [
      { cpus: [0], memoryMiB: 512, hugepages: {} },
      { cpus: [1], memoryMiB: 512, hugepages: {} },
    ],
    distances: [[10, 21], [21, 10]],
    hugepageSizes: ["2m"],
    devices: ["memory-numa0", "memory-numa1"],
    checks: ["inspect"],
  },
];

/** The machine of a name. Throws a {@link LabError} that lists them all when there is none. */
export function labMachine(name: string): LabMachine {
  const machine = labMachines.find((candidate) => candidate.name === name);
  if (machine !== undefined) return machine;
  throw new LabError(
    `Cannot find a machine called ${JSON.stringify(name)} (there are ${
      labMachines.map((each) => each.name).join(", ")
    })`,
  );
}
