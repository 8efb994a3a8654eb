import type { LabMachine, LabNode, MemorySpeed } from "../machines.ts";

/**
 * The part of QEMU's command line that builds a machine: processors, memory, NUMA nodes and their distances.
 *
 * Software emulation, so that it is the same machine everywhere, also where /dev/kvm is missing or broken.
 */
export function machineArguments({ nodes, distances, hugepageSizes, oldestKernel }: LabMachine): string[] {
  const cpus = nodes.flatMap((node) => node.cpus).length;
  const sumOf = (some: readonly LabNode[]) => some.reduce((sum, node) => sum + node.memoryMiB, 0);
  const plugged = sumOf(nodes.filter(({ movable = false }) => movable)), memoryMiB = sumOf(nodes) - plugged;
  const slots = plugged === 0 ? "" : `,slots=4,maxmem=${memoryMiB + plugged + 1024}M`;
  // Newer kernels than the stock one have been seen to trap on code that another processor's thread was changing.
  const threads = oldestKernel === undefined ? "multi" : "single";
  const hmat = nodes.some(({ speed }) => speed !== undefined);
  const processor = hugepageSizes.includes("1g") ? "max" : "max,-pdpe1gb";
  return [
    ...["-machine", hmat ? "pc,hmat=on" : "pc", "-accel", `tcg,thread=${threads}`, "-cpu", processor],
    ...["-smp", `${cpus}`, "-m", `${memoryMiB}M${slots}`],
    ...nodes.flatMap(({ cpus, memoryMiB, movable = false, speed }, id) => {
      const initiator = speed === undefined ? "" : `,initiator=${speed.initiator}`;
      const processors = initiator + cpus.map((cpu) => `,cpus=${cpu}`).join("");
      if (memoryMiB === 0) return ["-numa", `node,nodeid=${id}${processors}`];
      if (movable) {
        return [
          ...["-numa", `node,nodeid=${id}${processors}`],
          ...["-object", `memory-backend-ram,id=memory${id},size=${memoryMiB}M`],
          ...["-device", `pc-dimm,id=dimm${id},memdev=memory${id},node=${id}`],
        ];
      }
      return [
        ...["-object", `memory-backend-ram,id=memory${id},size=${memoryMiB}M`],
        ...["-numa", `node,nodeid=${id},memdev=memory${id}${processors}`],
      ];
    }),
    ...distances.flatMap((row, from) =>
      row.flatMap((value, to) => from === to ? [] : ["-numa", `dist,src=${from},dst=${to},val=${value}`])
    ),
    ...nodes.flatMap(({ speed }, target) => speed === undefined ? [] : speedArguments(speed, target)),
  ];
}

/** The firmware's Heterogeneous Memory Attribute Table: the memory of a node, as its initiator finds it. */
function speedArguments(
  { initiator, latencyNanoseconds, bandwidthMebibytes }: MemorySpeed,
  target: number,
): string[] {
  const entry = `hmat-lb,initiator=${initiator},target=${target},hierarchy=memory`;
  return [
    ...["-numa", `${entry},data-type=access-latency,latency=${latencyNanoseconds}`],
    ...["-numa", `${entry},data-type=access-bandwidth,bandwidth=${bandwidthMebibytes}M`],
  ];
}

/** What the kernel is told to put into the pools while all memory is still free: `hugepages=0:64,1:32`. */
export function hugepageParameters({ nodes }: LabMachine): string[] {
  return (["2m", "1g"] as const).flatMap((size) => {
    const pools = nodes.map(({ hugepages }, id) => [id, hugepages[size] ?? 0] as const);
    const filled = pools.filter(([, pages]) => pages > 0);
    if (filled.length === 0) return [];
    return [
      `hugepagesz=${size.toUpperCase()}`,
      `hugepages=${filled.map(([id, pages]) => `${id}:${pages}`).join(",")}`,
    ];
  });
}
