import { readManifest } from "../../adapters/operations/cluster/manifest.ts";
import { manifestSubjects } from "../../adapters/operations/cluster/manifest_subjects.ts";
import { readClusterState } from "../../adapters/operations/cluster/cluster_state.ts";
import type { ClusterReader } from "../../adapters/operations/cluster/cluster_reader.ts";
import { readDeviceClass } from "../../adapters/operations/cluster/device_class_object.ts";
import { podSubject } from "../../adapters/operations/cluster/pod_subject.ts";
import type { DeviceClasses } from "../../core/operations/explain/ask.ts";
import { explain, type Explained } from "../../core/operations/explain/explain.ts";
import type { Subject } from "../../core/operations/explain/subject.ts";
import type { ClusterPod } from "../../core/operations/cluster/pod.ts";
import { type OpenCluster, withCluster } from "../options/cluster_access.ts";
import type { ClusterOptions } from "../options/cluster_options.ts";
import { type OutputFormat, print } from "../ui/output.ts";
import { explainedText, printedExplanation } from "./explain_text.ts";
import { UsageError } from "../ui/fail.ts";
import { quoted } from "../../core/values/quoted.ts";
import { readGivenText } from "../../adapters/shared/files/given_text.ts";
import { osReason } from "../../adapters/shared/files/os_reason.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The flags of `explain`. */
export interface ExplainOptions extends ClusterOptions {
  readonly output: OutputFormat;
  readonly allNamespaces?: true;
}

/**
 * Explains a pod, claim or manifest. Throws {@link OperatorError} when a manifest cannot fit, after saying
 * why, and {@link UsageError}.
 */
export async function runExplain(what: string | undefined, options: ExplainOptions): Promise<void> {
  if (what === undefined) return await explainPending(options);
  if (options.allNamespaces === true) {
    throw new UsageError(
      `Cannot explain ${quoted(what)} of all namespaces: -A is for all pending pods, -n names one`,
    );
  }
  if (kindOf(what) !== undefined && !/^[^/]+\/[^/]+$/.test(what)) {
    throw new UsageError(
      `Cannot explain ${quoted(what)}: pod/NAME or claim/NAME is wanted, and -n NAMESPACE beside it`,
    );
  }
  const manifest = isFile(what) ? await readFile(what) : undefined;
  const found = await withCluster(
    options,
    (cluster) => manifest === undefined ? explainObject(what, cluster) : explainManifest(manifest, cluster),
  );
  const values = found.map(printedExplanation);
  await print(
    options.output,
    manifest === undefined ? values[0] : values,
    () => found.map(explainedText).join("\n\n"),
  );
  const unfit = found.filter(({ explanation: { verdict } }) => verdict !== "fits" && verdict !== "holds");
  if (manifest === undefined || unfit.length === 0) return;
  const sure = unfit.every(({ explanation: { verdict } }) => verdict !== "not-judged");
  throw new OperatorError(
    `${sure ? "Cannot fit" : "Cannot judge"}: ${unfit.map(({ subject: { title } }) => title).join(", ")}`,
  );
}

/** Explains every pod that has claims and is pending. */
async function explainPending(options: ExplainOptions): Promise<void> {
  const { output, allNamespaces } = options;
  const found = await withCluster(options, async ({ reader, namespace }) => {
    const where = allNamespaces === true ? "any namespace" : `namespace ${namespace} (-A for all)`;
    const pods: ClusterPod[] = [];
    const pending = { fieldSelector: "status.phase=Pending" };
    for await (const pod of reader.pods(allNamespaces === true ? undefined : namespace, pending)) {
      if (pod.claims.length > 0) pods.push(pod);
    }
    const subjects: Subject[] = [];
    for (const pod of pods) subjects.push(await podSubject(reader, pod));
    return { explained: subjects.length === 0 ? [] : await explained(subjects, reader), where };
  });
  await print(
    output,
    found.explained.map(printedExplanation),
    () =>
      found.explained.map(explainedText).join("\n\n") || `No pod with claims is pending in ${found.where}.`,
  );
}

/** A manifest is named by a path: with a slash that is no kind's, an ending, or `-`. */
function isFile(what: string): boolean {
  return what === "-" || /\.(ya?ml|json)$/.test(what) || what.includes("/") && kindOf(what) === undefined;
}

function kindOf(what: string): "pod" | "claim" | undefined {
  const kind = /^([a-z.]+)\//.exec(what)?.[1];
  if (kind === "pod" || kind === "pods" || kind === "po") return "pod";
  return kind === "claim" || /^resourceclaims?(\.resource\.k8s\.io)?$/.test(kind ?? "") ? "claim" : undefined;
}

/** The manifests of a large cluster's namespaces are less. */
const maxBytes = 64 << 20;

async function readFile(path: string): Promise<string> {
  try {
    return await readGivenText(path, maxBytes);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound
      ? "there is no such file (objects are named pod/NAME or claim/NAME)"
      : osReason(cause);
    throw new OperatorError(`Cannot read the manifest ${path}: ${why}`, { cause });
  }
}

async function explainObject(what: string, { reader, namespace }: OpenCluster): Promise<Explained[]> {
  return await explained([await findSubject(what, reader, namespace)], reader);
}

/** Explains subjects on the cluster as it is, with classes that are not there yet. */
async function explained(
  subjects: readonly Subject[],
  reader: ClusterReader,
  further: DeviceClasses = new Map(),
): Promise<Explained[]> {
  const { state, findings } = await readClusterState(reader);
  const { judgement } = state;
  const classes = new Map([...judgement.classes, ...further]);
  return await explain(
    subjects.map((subject) => ({ ...subject, findings: [...subject.findings, ...findings] })),
    { ...state, judgement: { ...judgement, classes } },
    () => reader.claims(),
  );
}

async function findSubject(what: string, reader: ClusterReader, namespace: string): Promise<Subject> {
  const kind = kindOf(what);
  const name = kind === undefined ? what : what.slice(what.indexOf("/") + 1);
  const pod = kind === "claim" ? undefined : await reader.pod(namespace, name);
  if (pod !== undefined) return await podSubject(reader, pod);
  const claim = kind === "pod" ? undefined : await reader.claim(namespace, name);
  if (claim === undefined) {
    const sought = kind ?? "pod or claim";
    throw new OperatorError(
      `Cannot explain ${quoted(name)}: there is no ${sought} of that name in namespace ${
        quoted(namespace)
      } (-n)`,
    );
  }
  const [user] = claim.reservedFor;
  const owner = user?.name ?? claim.owner?.name;
  const using = owner === undefined ? undefined : await reader.pod(namespace, owner);
  const claims = [{ name, claim }];
  return {
    ...using === undefined ? { otherUsers: new Map(), findings: [] } : await podSubject(reader, using),
    title: `Claim ${namespace}/${name}`,
    claims,
  };
}

async function explainManifest(text: string, { reader, namespace }: OpenCluster): Promise<Explained[]> {
  const manifest = readManifest(text, namespace);
  const classes = manifest.classes.map(readDeviceClass).map((each) => [each.name, each] as const);
  return await explained(await manifestSubjects(manifest, reader), reader, new Map(classes));
}
