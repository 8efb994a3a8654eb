import type { Finding } from "../../../core/operations/explain/finding.ts";
import type { ClusterState } from "../../../core/operations/explain/explain.ts";
import { rulesOf } from "../../../core/operations/explain/scheduler_rules.ts";
import type { ClusterDeviceClass } from "../../../core/operations/cluster/device_class.ts";
import type { ClusterNode } from "../../../core/operations/cluster/node.ts";
import { poolsByNode } from "../../../core/operations/cluster/pools.ts";
import { type TaintRule, withTaintRules } from "../../../core/operations/cluster/taint_rules.ts";
import { ClusterUsage } from "../../../core/operations/cluster/usage.ts";
import { ClusterApiError } from "../../../core/operations/ports/cluster_api.ts";
import { CelSelectors } from "./cel_selectors.ts";
import type { ClusterReader } from "./cluster_reader.ts";

/** A cluster's state, and what could not be read of it. */
export interface ReadState {
  readonly state: ClusterState;
  readonly findings: readonly Finding[];
}

/**
 * Reads all that decides where claims fit. Of the claims that there are it keeps sums. Without the permission for nodes
 * it goes by the slices alone, and says so. Throws `ClusterApiError` and `ClusterObjectError`.
 */
export async function readClusterState(reader: ClusterReader): Promise<ReadState> {
  const tainting = await readTaintRules(reader);
  const slices = (await Array.fromAsync(reader.slices())).map((slice) =>
    withTaintRules(slice, tainting.rules)
  );
  const pools = poolsByNode(slices);
  const usage = new ClusterUsage();
  for await (const { allocation } of reader.claims()) if (allocation !== undefined) usage.add(allocation);
  const classes = new Map<string, ClusterDeviceClass>();
  for await (const deviceClass of reader.classes()) classes.set(deviceClass.name, deviceClass);
  const { nodes, findings } = await readNodes(reader, pools.keys());
  const rules = rulesOf(await reader.minorVersion());
  return {
    state: { nodes, pools, judgement: { classes, usage, selectors: new CelSelectors(), rules } },
    findings: [...tainting.findings, ...findings],
  };
}

async function readTaintRules(
  reader: ClusterReader,
): Promise<{ rules: readonly TaintRule[]; findings: readonly Finding[] }> {
  try {
    return { rules: await reader.taintRules(), findings: [] };
  } catch (error) {
    if (!(error instanceof ClusterApiError && error.kind === "denied")) throw error;
    return {
      rules: [],
      findings: [permissionFinding(error, "taints that rules give to devices are not judged")],
    };
  }
}

async function readNodes(
  reader: ClusterReader,
  withSlices: Iterable<string>,
): Promise<{ nodes: ClusterNode[]; findings: Finding[] }> {
  try {
    return { nodes: await Array.fromAsync(reader.nodes()), findings: [] };
  } catch (error) {
    if (!(error instanceof ClusterApiError && error.kind === "denied")) throw error;
    const nodes = [...withSlices].map((name) => ({
      name,
      labels: {},
      unschedulable: false,
      ready: true,
      taints: [],
    }));
    return {
      nodes,
      findings: [permissionFinding(error, "taints, cordons and labels of nodes are not judged")],
    };
  }
}

/** What cannot be said for want of a permission. */
export function permissionFinding(error: ClusterApiError, consequence: string): Finding {
  return { code: "permission", blocks: false, text: `${error.message}: ${consequence}.` };
}
