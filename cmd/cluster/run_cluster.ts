import { ClusterApiError } from "../../core/operations/ports/cluster_api.ts";
import { joined, poolStatus } from "../../adapters/operations/cluster/pool_status.ts";
import type { ClusterReader } from "../../adapters/operations/cluster/cluster_reader.ts";
import { drawCluster } from "../../adapters/operations/svg/cluster_picture.ts";
import { type ClusterView, ClusterViewBuilder } from "../../core/operations/cluster/cluster_view.ts";
import { withTaintRules } from "../../core/operations/cluster/taint_rules.ts";
import { withCluster } from "../options/cluster_access.ts";
import type { ClusterOptions } from "../options/cluster_options.ts";
import { UsageError } from "../ui/fail.ts";
import { printLine, textOf } from "../ui/output.ts";
import { type WatchChoice, watchOnStdout } from "../ui/watch.ts";
import { clusterTable, printedCluster, unclaimedTable } from "./cluster_tables.ts";
import { poolTable, printedPools } from "./pool_tables.ts";
import { Preview } from "./preview.ts";
import { quoted } from "../../core/values/quoted.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The flags of `cluster`. */
export interface ClusterCommandOptions extends ClusterOptions {
  readonly output: "table" | "wide" | "json" | "yaml" | "svg";
  readonly node?: string;
  readonly watch?: WatchChoice;
  readonly poolStatus?: true;
}

/** Shows a cluster, once or until interrupted. Throws {@link OperatorError} and {@link UsageError}. */
export async function runCluster(options: ClusterCommandOptions): Promise<void> {
  const { output, watch } = options;
  if (watch !== undefined && output === "svg") {
    throw new UsageError("Cannot --watch a picture: -o svg prints one");
  }
  if (options.poolStatus === true && output === "svg") {
    throw new UsageError("Cannot draw the status of pools: leave out --pool-status, or -o svg");
  }
  if (watch === undefined) {
    using preview = new Preview(output === "table" || output === "wide");
    const text = await look(options, preview);
    preview.clear();
    printLine(text);
  } else await watchOnStdout(() => look(options), watch, output);
}

async function look(options: ClusterCommandOptions, preview?: Preview): Promise<string> {
  const { output, node } = options;
  if (options.poolStatus === true) return await lookAtPools(options);
  return await withCluster(options, async ({ reader, progress }) => {
    const builder = new ClusterViewBuilder();
    const notes: string[] = [];
    const rules = await optional(
      notes,
      "taints that rules give to devices are not shown",
      () => reader.taintRules(),
    );
    for await (const slice of reader.slices(node)) {
      builder.addSlice(withTaintRules(slice, rules ?? []));
      preview?.offer(() => unclaimedTable(builder.build(undefined, new Map(), node)));
    }
    for await (const claim of reader.claims()) builder.addClaim(claim);
    const nodes = await optional(notes, "whether nodes are gone is not known", () => nodeNames(reader, node));
    const versions = await optional(
      notes,
      "the driver's versions are not known",
      () => driverVersions(reader),
    );
    const view = builder.build(nodes, versions ?? new Map(), node);
    if (node !== undefined && view.nodes.length === 0) {
      throw unknownNode(node);
    }
    progress.clear();
    return await shown(view, notes, output);
  });
}

function unknownNode(node: string): OperatorError {
  return new OperatorError(
    `Cannot show node ${
      quoted(node)
    }: no slice of the driver names it (is it spelt so, and does the driver run there?)`,
  );
}

/** What the cluster's own controller says of pools. */
async function lookAtPools({ output, ...options }: ClusterCommandOptions): Promise<string> {
  return await withCluster(options, async ({ api, reader, progress }) => {
    const names: string[] = [];
    if (options.node !== undefined) {
      for await (const { pool } of reader.slices(options.node)) names.push(pool.name);
    }
    if (options.node !== undefined && names.length === 0) throw unknownNode(options.node);
    const pools = options.node === undefined
      ? await poolStatus(api)
      : joined(await Promise.all([...new Set(names)].map((name) => poolStatus(api, name))));
    progress.clear();
    return await textOf(
      output === "json" || output === "yaml" ? output : "table",
      printedPools(pools),
      () => poolTable(pools),
    );
  });
}

async function shown(
  view: ClusterView,
  notes: readonly string[],
  output: ClusterCommandOptions["output"],
): Promise<string> {
  if (output === "svg") return drawCluster(view);
  const format = output === "wide" ? "table" : output;
  return await textOf(
    format,
    printedCluster(view, notes),
    () => clusterTable(view, notes, output === "wide"),
  );
}

async function nodeNames(reader: ClusterReader, node: string | undefined): Promise<Set<string>> {
  if (node !== undefined) return new Set(await reader.node(node) === undefined ? [] : [node]);
  const names = new Set<string>();
  for await (const { name } of reader.nodes()) names.add(name);
  return names;
}

async function driverVersions(reader: ClusterReader): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for await (const { nodeName, version } of reader.driverPods()) versions.set(nodeName, version);
  return versions;
}

/** What is left out without the permission for it, with a note that says so. */
async function optional<T>(
  notes: string[],
  consequence: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ClusterApiError && error.kind === "denied")) throw error;
    notes.push(`${error.message}: ${consequence}.`);
    return undefined;
  }
}
