import { type ClaimUid, claimUid, InvalidIdError, type NumaNodeId, numaNodeId } from "../values/ids.ts";
import { formatQuantity, parseQuantity, QuantityError } from "../values/quantity.ts";
import { parseResourceName, type ResourceName, ResourceNameError } from "../values/resource_name.ts";

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

/** Environment variables that look like this driver's and cannot be read. */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
}

const prefix = "DRAMEMORY_";
const nodesKey = "NUMANodes";

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

/** Whether a variable is one of this driver's. Cheap: every container of the node is asked. */
export function isClaimVariable(entry: string): boolean {
  return entry.startsWith(prefix);
}

/**
 * Reads the claims out of a container's environment (`NAME=VALUE` entries), leaving out all other variables.
 *
 * Whoever wrote the pod could have written these as well: the result is a pointer to the driver's own record and
 * proves nothing. Throws {@link EnvironmentError} for entries with this driver's prefix that are malformed or
 * contradict each other; another spelling of the same number, as in `size:1024Mi`, is neither.
 */
export function decodeEnvironment(entries: readonly string[]): ClaimEnvironment[] {
  const found = new Map<string, Draft>();
  for (const entry of entries) {
    if (!isClaimVariable(entry)) continue;
    const { claim, key, request, value } = splitEntry(entry);
    const id = `${claim}_${request ?? ""}`;
    const draft = found.get(id) ?? { claim, request, nodes: undefined, resources: new Map() };
    found.set(id, draft);
    if (key === nodesKey ? draft.nodes !== undefined : draft.resources.has(key)) {
      throw malformed(entry, "set twice");
    }
    if (key === nodesKey) draft.nodes = value;
    else draft.resources.set(key, reading(entry, () => parseShares(key, value)));
  }
  return [...found.values()].map(finish);
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

function splitEntry(entry: string) {
  const [, uid = "", key = "", request, value = ""] =
    /^DRAMEMORY_([^_=]+)_([^_=]+)(?:_([a-z0-9][a-z0-9-]{0,62}))?=(.*)$/.exec(entry) ?? [];
  return { claim: reading(entry, () => claimUid(uid)), key, request, value };
}

function parseShares(key: string, value: string): Share[] {
  const resource = parseResourceName(key);
  return value.split(";").map((share) => {
    const [, node, size] = /^numanode:(\d{1,4}),size:(.+)$/.exec(share) ?? [];
    if (node === undefined || size === undefined) {
      throw new EnvironmentError("expected numanode:<id>,size:<quantity>");
    }
    const bytes = parseQuantity(size);
    if (bytes === 0n) throw new EnvironmentError("the size is zero");
    return { resource, numaNode: numaNodeId(Number(node)), bytes };
  });
}

/** Runs a parser and names the entry in whatever error of input it throws. */
function reading<T>(entry: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const expected = [EnvironmentError, InvalidIdError, QuantityError, ResourceNameError];
    if (cause instanceof Error && expected.some((type) => cause instanceof type)) {
      throw malformed(entry, cause.message, cause);
    }
    throw cause;
  }
}

function malformed(entry: string, why: string, cause?: Error): EnvironmentError {
  const quoted = JSON.stringify(shortened(entry));
  return new EnvironmentError(`Cannot read environment variable ${quoted}: ${shortened(why)}`, { cause });
}

/** Values of a container's environment can be long and are anyone's: what is quoted of them is bounded. */
function shortened(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
