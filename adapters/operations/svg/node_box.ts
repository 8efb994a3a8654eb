import { humanBytes } from "../../../core/values/human_bytes.ts";
import { formatIdList } from "../../../core/values/id_list.ts";
import type { HugepagePool, NumaNode } from "../../../core/topology/topology.ts";
import { type Bar, drawBar } from "./bar.ts";
import { memoryKind } from "../../../core/topology/memory_kind.ts";
import { speedText } from "../../../core/topology/memory_speed.ts";
import { nearestNodesWithCpus } from "../../../core/topology/near_nodes.ts";
import { at, type Block, element, label, rectangle, type Svg, textNode } from "./element.ts";
import { claimedOfPool, largest, type Machine, memoryParts } from "./machine.ts";
import { textWidth } from "./style.ts";

/** The width of every node's box. */
export const nodeWidth = 340;

const padding = 16;
const inner = nodeWidth - 2 * padding;
const mostCpuLines = 2;

/** Draws a NUMA node: what its memory is, its CPUs, and a bar for its memory and for the hugepages of each size. */
export function drawNode(machine: Machine, node: NumaNode): Block {
  const { nodes } = machine.topology;
  const largestMemory = largest(nodes.map(({ memoryBytes }) => memoryBytes ?? 0n));
  const cpus = cpuText(machine, node), kind = kindText(machine, node);
  const pieces: Svg[] = [
    label(`NUMA node ${node.id}`, padding, 26, { class: "title" }),
    ...kind === "" ? [] : [label(kind, nodeWidth - padding, 26, { "text-anchor": "end" })],
    element(
      "g",
      {},
      element("title", {}, textNode(cpus.hint)),
      ...cpus.lines.map((line, index) => label(line, padding, 46 + index * 16)),
    ),
  ];
  // Nodes beside each other begin their bars at the same height.
  let y = 54 + Math.max(...nodes.map((node) => cpuText(machine, node).lines.length)) * 16;
  for (
    const { bar, largestBytes } of [
      { bar: memoryBar(machine, node), largestBytes: largestMemory },
      ...node.hugepages.map((pool) => ({
        bar: poolBar(machine, node, pool),
        largestBytes: largest(
          nodes.flatMap(({ hugepages }) =>
            hugepages.filter(({ pageSize }) => pageSize === pool.pageSize).map(poolBytes)
          ),
        ),
      })),
    ]
  ) {
    const { svg, height } = drawBar(bar, largestBytes, inner);
    pieces.push(at(padding, y, svg));
    y += height + 8;
  }
  return { svg: pieces.join("\n") as Svg, width: nodeWidth, height: y + 4 };
}

/** The box around a node, as high as its neighbors'. */
export function drawFrame(height: number): Svg {
  return rectangle("node", { x: 0, y: 0, width: nodeWidth, height });
}

function memoryBar(machine: Machine, node: NumaNode): Bar {
  const parts = memoryParts(machine, node);
  if (parts === undefined) {
    return { name: "Memory", amount: "could not be read", bytes: 0n, rows: [[]], notes: [] };
  }
  const { total, pools, allocatable, claimed, reserved } = parts;
  const held = claimed ?? 0n;
  const unclaimed = allocatable > held ? allocatable - held : 0n;
  return {
    name: "Memory",
    amount: inBytes(total),
    bytes: total,
    rows: [[
      { kind: "claimed", bytes: held, hint: `held by claims: ${inBytes(held)}` },
      { kind: "free", bytes: unclaimed, hint: `left for claims: ${inBytes(unclaimed)}` },
      { kind: "pages", bytes: pools, hint: `hugepages: ${inBytes(pools)}` },
      { kind: "reserved", bytes: reserved, hint: `kept from claims: ${inBytes(reserved)}` },
    ]],
    notes: [
      `for claims ${inBytes(allocatable)}, held ${claimed === undefined ? "?" : inBytes(claimed)}`,
      `hugepages ${inBytes(pools)}, kept from claims ${inBytes(reserved)}`,
      ...speedNotes(node),
      ...held > allocatable ? ["Claims hold more than there is."] : [],
    ],
  };
}

function poolBar(machine: Machine, node: NumaNode, pool: HugepagePool): Bar {
  const { pageSize, total, free, surplus } = pool;
  const claimed = claimedOfPool(machine, node, pool);
  const used = total - free;
  const pages = (bytes: bigint) => bytes / pageSize;
  const heldText = claimed === undefined ? "?" : `${pages(claimed)}`;
  return {
    name: `Pages of ${inBytes(pageSize)}: ${total}`,
    amount: inBytes(poolBytes(pool)),
    bytes: poolBytes(pool),
    rows: [
      [{ kind: "used", bytes: used * pageSize, hint: `in use: ${used} pages` }],
      [{ kind: "claimed", bytes: claimed ?? 0n, hint: `held by claims: ${heldText} pages` }],
    ],
    notes: total === 0n && claimed === 0n ? [] : [
      `free ${free}, in use ${used}, held by claims ${heldText}${surplus > 0n ? `, surplus ${surplus}` : ""}`,
      ...(claimed ?? 0n) > poolBytes(pool) ? ["Claims hold more than there is."] : [],
    ],
  };
}

function poolBytes({ total, pageSize }: HugepagePool): bigint {
  return total * pageSize;
}

/** Which tier its memory is in where there are several, and what it is where it is not the usual. */
function kindText({ topology }: Machine, node: NumaNode): string {
  const kind = memoryKind(node, topology);
  const hasTiers = new Set(topology.nodes.map(({ tier }) => tier)).size > 1;
  return [
    ...kind === "dram" ? [] : [kind],
    ...hasTiers && node.tier !== undefined ? [`tier ${node.tier}`] : [],
  ].join(" · ");
}

function speedNotes({ speed = {} }: NumaNode): string[] {
  const known = (["read", "write"] as const).flatMap((direction) => {
    const text = speedText(speed, direction);
    return text === "" ? [] : [`${direction} ${text}`];
  });
  return known.length === 0 ? [] : [known.join(", ")];
}

/** As many lines as there is room for; all CPUs show when they are pointed at. */
function cpuText({ topology }: Machine, node: NumaNode): { lines: string[]; hint: string } {
  const { cpus } = node;
  if (cpus.length === 0) {
    const nearest = nearestNodesWithCpus(node, topology);
    const where = nearest.length === 0
      ? ""
      : `, nearest to those of node${nearest.length === 1 ? "" : "s"} ${formatIdList(nearest)}`;
    return { lines: [`No CPUs, only memory${where}`], hint: "This node has no CPUs" };
  }
  const list = formatIdList(cpus);
  const text = `${cpus.length === 1 ? "CPU" : `${cpus.length} CPUs:`} ${list}`;
  const lines: string[] = [""];
  for (const part of text.split(/(?<=,| )/)) {
    const line = lines.at(-1) ?? "";
    if (textWidth(line + part) <= inner) lines[lines.length - 1] = line + part;
    else if (lines.length < mostCpuLines) lines.push(part);
    else {
      lines[lines.length - 1] = `${line.slice(0, -1)} …`;
      break;
    }
  }
  return { lines, hint: `CPUs ${list}` };
}

function inBytes(bytes: bigint): string {
  return humanBytes(Number(bytes));
}
