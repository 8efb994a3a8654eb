import type { InstanceStatus } from "../../adapters/protocols/status/status_document.ts";
import type { PodReference } from "../../core/claims/claim.ts";
import { formatQuantity } from "../../core/values/quantity.ts";
import type { ComparedValue, Comparison } from "../../core/status/compared.ts";
import { type ContainerReport, differs, type NodeReport } from "../../core/status/node_report.ts";
import { humanBytes } from "../../core/values/human_bytes.ts";
import { columns } from "../ui/output.ts";

/** What is known of a node's driver and claims, and from where. */
export interface StatusReport {
  readonly source: "driver" | "checkpoint";
  readonly instances: readonly InstanceStatus[];
  readonly node: NodeReport;
  readonly problems: readonly string[];
}

/** What `status -o json` prints; sizes are bytes, `cpuset.mems` the kernel's lists. */
export function printedStatus({ source, instances, node, problems }: StatusReport) {
  return {
    source,
    differs: node.containers.some(differs),
    instances: instances.map(({ version, nodeName, podUid, started, preconditions, nodeAllocatable }) => ({
      version,
      node: nodeName,
      pod: podUid ?? null,
      started,
      ...preconditions,
      nodeAllocatable: nodeAllocatable ?? null,
    })),
    devices: node.devices.map(({ name, numaNode, capacityBytes, claimedBytes }) => (
      { name, numaNode, capacityBytes: Number(capacityBytes), claimedBytes: Number(claimedBytes) }
    )),
    claims: node.claims.map(({ reference, pod, container, allocations, hugetlbfs, withoutMounts }) => ({
      ...reference,
      pod,
      container: container ?? null,
      holds: allocations.map(({ device, resource, numaNode, bytes }) => (
        { device, resource, numaNode, bytes: Number(bytes) }
      )),
      hugetlbfs,
      withoutHugetlbfs: withoutMounts ?? null,
    })),
    containers: node.containers.map((container) => ({
      id: container.id,
      name: container.name,
      pod: container.pod,
      claims: container.claims,
      found: container.found,
      differs: differs(container),
      podLimitsRestored: container.podLimitsRestored,
      comparisons: container.comparisons.map(({ file, of, numaNode, promised, actual, differs, note }) => ({
        file,
        of,
        numaNode: numaNode ?? null,
        promised: printedValue(promised),
        actual: printedValue(actual),
        differs,
        note: note ?? null,
      })),
    })),
    failedResizes: node.failedResizes,
    problems,
  };
}

/** The same for people. */
export function statusTable({ instances, node, problems }: StatusReport): string {
  const parts = [
    ...problems,
    ...instances.map(instanceText),
    ...node.devices.length === 0 ? [] : [devicesText(node)],
    node.claims.length === 0 ? "No claim is prepared." : claimsText(node),
    ...withoutMounts(node),
    ...node.containers.length === 0
      ? []
      : [containersText(node), ...restoredText(node), ...failedResizesText(node), verdict(node)],
  ];
  return parts.join("\n\n");
}

function instanceText(
  { version, nodeName, podUid, started, preconditions, nodeAllocatable }: InstanceStatus,
): string {
  const { kubelet, runtime, slices } = preconditions;
  const pod = podUid === undefined ? "" : ` in pod ${podUid}`;
  return [
    `dramemory ${version} on ${nodeName}${pod}, started ${started}`,
    columns(
      Object.entries({ kubelet, runtime, slices }).map(([part, { ready, text }]) => [
        part,
        ready ? "ready" : "NOT READY",
        text,
      ]),
    ),
    ...nodeAllocatable === undefined ? [] : [
      nodeAllocatable.on
        ? "Claims count as the node's own memory and hugepages."
        : `Claims do not count as the node's own memory and hugepages: ${nodeAllocatable.why}.`,
    ],
  ].join("\n");
}

function devicesText({ devices }: NodeReport): string {
  return columns([
    ["DEVICE", "NODE", "CAPACITY", "CLAIMED"],
    ...devices.map(({ name, numaNode, capacityBytes, claimedBytes }) => [
      name,
      `${numaNode}`,
      humanBytes(Number(capacityBytes)),
      humanBytes(Number(claimedBytes)),
    ]),
  ]);
}

function claimsText({ claims }: NodeReport): string {
  return columns([
    ["CLAIM", "POD", "CONTAINER", "DEVICE", "NODE", "SIZE", "HUGETLBFS"],
    ...claims.flatMap(({ reference, pod, container, allocations, hugetlbfs }) =>
      allocations.map(({ device, numaNode, bytes }, index) => [
        ...index === 0
          ? [`${reference.namespace}/${reference.name}`, podName(pod), container ?? "-"]
          : ["", "", ""],
        device,
        `${numaNode}`,
        formatQuantity(bytes),
        index === 0 ? hugetlbfs.join(", ") || "-" : "",
      ])
    ),
  ]);
}

/** Why claims of hugepages have no hugetlbfs. */
function withoutMounts({ claims }: NodeReport): string[] {
  const lines = claims.flatMap(({ reference, withoutMounts }) =>
    withoutMounts === undefined
      ? []
      : [`No hugetlbfs for claim ${reference.namespace}/${reference.name}: ${withoutMounts}.`]
  );
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function containersText({ containers }: NodeReport): string {
  return columns([
    ["CONTAINER", "FILE", "NODE", "PROMISED", "ACTUAL", ""],
    ...containers.flatMap(containerRows),
  ]);
}

function containerRows({ name, pod, found, comparisons }: ContainerReport): string[][] {
  const title = `${podName(pod)}/${name}`;
  if (!found) return [[title, "(its cgroup is not there)"]];
  return comparisons.map(({ file, of, numaNode, promised, actual, differs, note }, index) => [
    index === 0 ? title : "",
    of === "pod" ? `${file} (pod)` : file,
    numaNode === undefined ? "" : `${numaNode}`,
    valueText(promised, "-"),
    valueText(actual, "?"),
    [...differs ? ["DIFFERS"] : [], ...note === undefined ? [] : [note]].join(": "),
  ]);
}

/** The pods whose limits somebody changed, once each. */
function restoredText({ containers }: NodeReport): string[] {
  const pods = new Map(
    containers.filter(({ podLimitsRestored }) => podLimitsRestored > 0)
      .map(({ pod, podLimitsRestored }) => [podName(pod), podLimitsRestored]),
  );
  return [...pods].map(([pod, times]) =>
    `The limits of pod ${pod} were changed by somebody ${times} time${
      times === 1 ? "" : "s"
    } (the kubelet, when ` +
    `a pod is resized in place), and put right.`
  );
}

/** The pods that the kubelet cannot resize. */
function failedResizesText({ failedResizes }: NodeReport): string[] {
  return failedResizes.map(({ pod, message }) =>
    `Pod ${podName(pod)} is not resized: ${message}${/resource busy/.test(message) ? busyText : ""}.`
  );
}

/** The kubelet's message is that of a write to `hugetlb.<size>.max`. */
const busyText =
  " (its hugepages are in use, and the kubelet would take their limit away: set its resources " +
  "back to what they were, or start it anew with others)";

function verdict({ containers }: NodeReport): string {
  const differing = containers.filter(differs).length;
  const missing = containers.filter(({ found }) => !found).length;
  const parts = [
    ...differing > 0 ? [`${differing} of ${containers.length} containers differ from what was promised`] : [],
    ...missing > 0 ? [`${missing} could not be looked at (see --cgroup-mount)`] : [],
  ];
  return parts.length === 0 ? "Every container has what was promised." : `${parts.join("; ")}.`;
}

function podName({ namespace, name }: PodReference): string {
  return `${namespace}/${name}`;
}

function valueText(value: Comparison["promised"], unknown: string): string {
  if (value === undefined) return unknown;
  if (typeof value === "object") return "nodes" in value ? value.nodes : value.policy;
  return value === "max" ? value : humanBytes(Number(value));
}

function printedValue(value: ComparedValue | undefined): number | string | null {
  if (value === undefined) return null;
  if (typeof value === "object") return "nodes" in value ? value.nodes : value.policy;
  return value === "max" ? value : Number(value);
}
