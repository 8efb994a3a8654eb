import fc from "fast-check";
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { TopologyRoots } from "../../../../adapters/driver/sysfs/topology_roots.ts";
import { formatIdList } from "../../../../core/values/id_list.ts";
import { formatPageSize } from "../../../../core/values/page_size.ts";
import type { NumaNode, Topology, UnreadablePart } from "../../../../core/topology/topology.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

/** The directory of the sample trees. */
export const fixturesDirectory = fileURLToPath(new URL("../../../fixtures", import.meta.url));

/** The roots of a tree that has `sys` and `proc` in one directory. */
export function rootsIn(directory: string): TopologyRoots {
  return { sysfsRoot: `${directory}/sys`, procfsRoot: `${directory}/proc` };
}

/** Makes files with their content, by path, in a directory that is removed afterwards. */
export async function withFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  action: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-sysfs-" });
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${directory}/${path}`), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${directory}/${path}`, bytes);
    }
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** An auxiliary vector: words of 64 bits, in pairs of type and value. */
export function auxvBytes(words: readonly bigint[], littleEndian = true): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 8));
  words.forEach((word, index) => view.setBigUint64(index * 8, word, littleEndian));
  return new Uint8Array(view.buffer);
}

/** Checks that whatever it is given, a parser returns or throws a ParseError. */
export function assertOnlyContentErrors<T>(inputs: fc.Arbitrary<T>, parse: (input: T) => unknown): void {
  fc.assert(fc.property(inputs, (input) => {
    try {
      parse(input);
    } catch (error) {
      assert(error instanceof ParseError, String(error));
    }
  }));
}

/** Texts made of pieces of the right kind, in any order, and of noise. */
export function mixed(...pieces: string[]): fc.Arbitrary<string> {
  const part = fc.oneof(fc.constantFrom(...pieces), fc.nat().map(String), fc.string({ maxLength: 3 }));
  return fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));
}

/**
 * Everything that a topology says: a line for the machine, one for each node (pools as total/free/surplus pages;
 * what is known of its speed) and one for each unreadable part.
 */
export function describeTopology(topology: Topology, directory: string): string[] {
  const { pageSize, hugepageSizes, machineMemoryBytes, offlineNodes, nodes, unreadable } = topology;
  return [
    [
      `page ${formatPageSize(pageSize)}`,
      `hugepages ${hugepageSizes.map(formatPageSize).join(" ") || "none"}`,
      `${machineMemoryBytes} bytes`,
      `offline ${formatIdList(offlineNodes) || "none"}`,
    ].join("; "),
    ...nodes.map(describeNode),
    ...unreadable.map((part) => describePart(part, directory)),
  ];
}

function describeNode(node: NumaNode): string {
  const { id, cpus, distances, memoryBytes, hugepages, tier, origin, socket, initiators, speed } = node;
  return [
    `node ${id}`,
    `cpus ${formatIdList(cpus) || "none"}`,
    `${memoryBytes} bytes`,
    `distances ${[...distances].map(([to, distance]) => `${to}=${distance}`).join(" ") || "none"}`,
    ...hugepages.map(({ pageSize, total, free, surplus }) =>
      `${formatPageSize(pageSize)} ${total}/${free}/${surplus}`
    ),
    ...tier === undefined ? [] : [`tier ${tier}`],
    ...origin === undefined ? [] : [origin],
    ...socket === undefined ? [] : [`socket ${socket}`],
    ...initiators === undefined ? [] : [`initiators ${formatIdList(initiators)}`],
    ...speed === undefined ? [] : [
      `${speed.readBandwidthMebibytes} and ${speed.writeBandwidthMebibytes} MiB/s`,
      `${speed.readLatencyNanoseconds} and ${speed.writeLatencyNanoseconds} ns`,
    ],
  ].join("; ");
}

function describePart({ path, reason, numaNode, resource }: UnreadablePart, directory: string): string {
  const where = numaNode === undefined ? "" : ` of node ${numaNode}`;
  return `unknown ${resource ?? "detail"}${where}; ${path.replace(`${directory}/`, "")}; ${reason}`;
}
