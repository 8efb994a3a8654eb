import { type ClaimUid, claimUid, type NumaNodeId, numaNodeId } from "../values/ids.ts";
import { formatQuantity, parseQuantity, QuantityError } from "../values/quantity.ts";
import { parseResourceName, type ResourceName } from "../values/resource_name.ts";
import { ParseError } from "../values/parse_error.ts";
import { hasForm, nodesKey, VariableCount, variablePrefix as prefix } from "./variable_form.ts";

/** What a container is told that it holds: one device's share. */
export interface Share {
  readonly resource: ResourceName;
  readonly numaNode: NumaNodeId;
  readonly bytes: bigint;
}

/** The environment of one CDI device: a claim's shares, or those of one of its requests. */
export interface ClaimEnvironment {
  readonly claim: ClaimUid;
  /** The request that the shares belong to; undefined for a claim that has only one. */
  readonly request: string | undefined;
  /** See {@link inOrder}. */
  readonly shares: readonly Share[];
}

/** Shares by resource, those of one resource as they were. Variables have no order of their own to keep. */
export function inOrder(shares: readonly Share[]): Share[] {
  return shares.toSorted((a, b) => a.resource < b.resource ? -1 : Number(a.resource > b.resource));
}

/** Environment variables of this driver's form that contradict each other. */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
}

/**
 * Writes the environment variables of a claim, each as `NAME=VALUE`:
 *
 *     DRAMEMORY_<claim uid>_NUMANodes=0,1
 *     DRAMEMORY_<claim uid>_<resource>=numanode:0,size:256Mi;numanode:1,size:256Mi
 *
 * A claim of several requests has the request's name behind each variable's name (`…_hugepages-2m_<request>`):
 * CDI gives a container the variables of exactly the requests that it names, and those of different requests
 * must not overwrite each other. Neither uids, resources nor requests can contain an underscore.
 */
export function encodeEnvironment({ claim, request, shares }: ClaimEnvironment): string[] {
  const suffix = request === undefined ? "" : `_${request}`;
  const byResource = new Map<ResourceName, string[]>();
  for (const { resource, numaNode, bytes } of shares) {
    const values = byResource.get(resource) ?? [];
    byResource.set(resource, values);
    values.push(`numanode:${numaNode},size:${formatQuantity(bytes)}`);
  }
  return [
    `${prefix}${claim}_${nodesKey}${suffix}=${formatNodes(shares)}`,
    ...[...byResource].map(([resource, values]) =>
      `${prefix}${claim}_${resource}${suffix}=${values.join(";")}`
    ),
  ];
}

/**
 * Whether a container's environment shows claims: by a variable of exactly the form that {@link encodeEnvironment} writes,
 * or by so many that look like it that {@link decodeEnvironment} refuses them. No other one is the driver's business, also
 * where its name begins alike: a Service called dramemory puts `DRAMEMORY_SERVICE_HOST` into each container of its
 * namespace. Cheap: every container of the node is asked.
 */
export function showsClaims(entries: readonly string[]): boolean {
  const candidates = entries.filter(hasForm);
  return areTooMany(candidates) || candidates.some((entry) => readVariable(entry) !== undefined);
}

/**
 * Reads the claims out of a container's environment (`NAME=VALUE` entries), leaving out all other variables.
 *
 * Whoever wrote the pod could have written these as well: the result is a pointer to the driver's own checkpoint and
 * proves nothing. Throws {@link EnvironmentError} for variables of the driver's form that contradict each other, that
 * are not complete, or that are too many; another spelling of the same number, as in `size:1024Mi`, is neither.
 */
export function decodeEnvironment(entries: readonly string[]): ClaimEnvironment[] {
  const found = new Map<string, Draft>(), candidates = entries.filter(hasForm);
  if (areTooMany(candidates)) {
    throw malformed(
      candidates.at(-1) ?? "",
      "there are more variables of this form than a container can have claims",
    );
  }
  for (const entry of candidates) {
    const variable = readVariable(entry);
    if (variable === undefined) continue;
    const { claim, key, request, shares, nodes } = variable;
    const id = `${claim}_${request ?? ""}`;
    const draft = found.get(id) ?? { claim, request, nodes: undefined, resources: new Map() };
    found.set(id, draft);
    if (shares === undefined ? draft.nodes !== undefined : draft.resources.has(key)) {
      throw malformed(entry, "set twice");
    }
    if (shares === undefined) draft.nodes = nodes;
    else draft.resources.set(key, shares);
  }
  return [...found.values()].map(finish);
}

function areTooMany(candidates: readonly string[]): boolean {
  const count = new VariableCount();
  for (const { length } of candidates) count.add(length);
  return count.isTooMany;
}

/** Prints the NUMA nodes of shares, ascending: `0,1`. */
function formatNodes(shares: readonly Share[]): string {
  return [...new Set(shares.map(({ numaNode }) => numaNode))].sort((a, b) => a - b).join(",");
}

interface Draft {
  readonly claim: ClaimUid;
  readonly request: string | undefined;
  nodes: string | undefined;
  readonly resources: Map<string, Share[]>;
}

function finish({ claim, request, nodes, resources }: Draft): ClaimEnvironment {
  const shares = inOrder([...resources.values()].flat());
  const name = `${prefix}${claim}_${nodesKey}`;
  if (nodes === undefined) throw malformed(name, "it is missing");
  if (shares.length === 0) throw malformed(name, "it stands without an amount");
  if (nodes !== formatNodes(shares)) throw malformed(`${name}=${nodes}`, "it contradicts the amounts");
  return { claim, request, shares };
}

/** One variable of the driver's form: the nodes of a claim, or what it holds of a resource. */
type Variable =
  & { readonly claim: ClaimUid; readonly key: string; readonly request: string | undefined }
  & (
    | { readonly nodes: string; readonly shares?: never }
    | { readonly nodes?: never; readonly shares: Share[] }
  );

const form =
  /^DRAMEMORY_([A-Za-z0-9-]{1,63})_(NUMANodes|memory|hugepages-[0-9a-z]{1,8})(?:_([a-z0-9-]{1,63}))?=(.*)$/;
const nodesForm = /^(?:0|[1-9]\d{0,3})(?:,(?:0|[1-9]\d{0,3}))*$/;
const sharesForm = /^(?:numanode:(?:0|[1-9]\d{0,3}),size:[1-9]\d{0,18}(?:[KMGTPE]i)?(?:;(?!$)|$)){1,32}$/;
const shareForm = /numanode:(\d+),size:(\w+)/g;

/** The variable that an entry is which {@link hasForm}; undefined for one that the driver never writes. */
function readVariable(entry: string): Variable | undefined {
  const [, uid = "", key = "", request, value = ""] = form.exec(entry) ?? [];
  if (key === "") return undefined;
  try {
    const claim = claimUid(uid);
    if (key === nodesKey) return nodesForm.test(value) ? { claim, key, request, nodes: value } : undefined;
    const shares = readShares(parseResourceName(key), value);
    return shares && { claim, key, request, shares };
  } catch (error) {
    if ([ParseError, QuantityError, ParseError].some((type) => error instanceof type)) {
      return undefined;
    }
    throw error;
  }
}

function readShares(resource: ResourceName, value: string): Share[] | undefined {
  if (!sharesForm.test(value)) return undefined;
  return Array.from(value.matchAll(shareForm), ([, node, size = ""]) => (
    { resource, numaNode: numaNodeId(Number(node)), bytes: parseQuantity(size) }
  ));
}

function malformed(entry: string, why: string): EnvironmentError {
  return new EnvironmentError(`Cannot read environment variable ${JSON.stringify(shortened(entry))}: ${why}`);
}

/** Values of a container's environment can be long and are anyone's: what is quoted of them is bounded. */
function shortened(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
