import * as v from "valibot";
import {
  type MalformedConfig,
  type MemoryConfig,
  memoryConfigKind,
  memoryConfigVersion,
  type OpaqueConfig,
  policyModes,
} from "../../../core/claims/configuration/memory_config.ts";
import {
  containerPath,
  containerPathPattern,
  maxContainerPathLength,
} from "../../../core/values/container_path.ts";
import { driverName } from "../../../core/values/driver.ts";

/** What valibot received in its words, in those of YAML's authors. */
const yamlWords: Readonly<Record<string, string>> = { Array: "a list", Object: "an object" };

/** An issue's value, as its author would call it. */
function given({ received }: { readonly received: string }): string {
  return yamlWords[received] ?? received;
}

/** An object with these fields and no others. */
function fields<const Entries extends v.ObjectEntries>(entries: Entries, about: string) {
  const allowed = Object.keys(entries).join(", ");
  const message = ({ expected, received }: v.StrictObjectIssue) => {
    if (expected === "never") return `unknown field (allowed here: ${allowed})`;
    return expected === "Object" ? `${received} is no object with the fields ${allowed}` : "it is missing";
  };
  const object = v.strictObject(entries, message);
  const noList: typeof object = {
    ...object,
    // Lists are objects to valibot, and an empty one has no unknown field.
    "~run": (dataset, config) =>
      object["~run"](Array.isArray(dataset.value) ? { value: "a list" } : dataset, config),
  };
  return v.pipe(noList, v.description(about));
}

const paths = new RegExp(`^none$|${containerPathPattern.source}`);

const mountPath = v.pipe(
  v.string((issue) => `${given(issue)} is no text (write a path, or none for no mount)`),
  v.maxLength(maxContainerPathLength, `longer than ${maxContainerPathLength} characters`),
  v.regex(
    paths,
    (issue) =>
      `${
        given(issue)
      } is no path of a container (write an absolute path as /mnt/huge, without "..", or none for no ` +
      "mount)",
  ),
  v.description(
    "Where the container finds a hugetlbfs of the claimed size. The driver chooses a path where this is missing; " +
      "none mounts nothing.",
  ),
);

const policy = v.pipe(
  v.picklist(
    policyModes,
    (issue) => `${given(issue)} is no policy (write one of ${policyModes.join(", ")})`,
  ),
  v.description(
    "Where the pages of claimed memory come from, among the NUMA nodes of the claim: bind from any of them, interleave " +
      "from each in turn, weightedInterleave by the node's weight, preferred and preferredMany from others as well " +
      "when they are full. Hugepages keep bind.",
  ),
);

function percent(about: string) {
  const message = (issue: { readonly received: string }) =>
    `${given(issue)} is no percentage (write a whole number from 0 for none to 100)`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(0, message),
    v.maxValue(100, message),
    v.description(about),
  );
}

function choice<const Words extends readonly string[]>(words: Words, about: string) {
  return v.pipe(
    v.picklist(words, (issue) => `${given(issue)} is not known (write ${words.join(" or ")})`),
    v.description(about),
  );
}

const limits = fields(
  {
    max: v.exactOptional(choice(
      ["claim", "none"],
      "memory.max: the container's claims of memory, on top of its own resources.limits.memory where it has one; none " +
        "leaves it as the kubelet sets it.",
    )),
    highPercent: v.exactOptional(
      percent("memory.high: how much of the claim the container has before it is slowed down."),
    ),
    lowPercent: v.exactOptional(
      percent("memory.low: how much of the claim is only taken back when nothing else is left."),
    ),
    minPercent: v.exactOptional(percent("memory.min: how much of the claim is never taken back.")),
    swap: v.exactOptional(choice(
      ["forbidden", "allowed"],
      "memory.swap.max: forbidden keeps the container's memory out of swap.",
    )),
  },
  "What the container's cgroup may have of memory, for claims of memory.",
);

/** The definition of `MemoryConfig`, which its JSON schema is made from as well (`deno task generate:schema`). */
export const memoryConfigSchema = fields(
  {
    apiVersion: v.literal(memoryConfigVersion, `must be ${memoryConfigVersion}`),
    kind: v.literal(memoryConfigKind, `must be ${memoryConfigKind}`),
    hugetlbfs: v.exactOptional(
      fields(
        { mountPath: v.exactOptional(mountPath) },
        "The hugetlbfs of each page size that a container claims.",
      ),
    ),
    policy: v.exactOptional(policy),
    limits: v.exactOptional(limits),
  },
  "What a ResourceClaim or a DeviceClass says to dra.memory beyond the amount.",
);

/** Reads opaque parameters. Strict: what is not known has no meaning, and is refused with the path of the field. */
export function readMemoryConfig(parameters: unknown): MemoryConfig | MalformedConfig {
  const { success, output, issues } = v.safeParse(memoryConfigSchema, parameters);
  if (!success) return { problems: issues.map(problemOf) };
  const { hugetlbfs, policy, limits } = output;
  return {
    ...(hugetlbfs === undefined ? {} : { hugetlbfs: readHugetlbfs(hugetlbfs) }),
    ...(policy === undefined ? {} : { policy }),
    ...(limits === undefined ? {} : { limits }),
  };
}

function readHugetlbfs({ mountPath }: { mountPath?: string }): NonNullable<MemoryConfig["hugetlbfs"]> {
  if (mountPath === undefined) return {};
  return { mountPath: mountPath === "none" ? mountPath : containerPath(mountPath) };
}

/** What is quoted of the parameters is bounded and on one line, since anyone may write them. */
function problemOf(issue: v.BaseIssue<unknown>): string {
  const text = `${(v.getDotPath(issue) ?? "parameters").slice(0, 100)}: ${issue.message.slice(0, 300)}`;
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** An entry of `config` in a claim's spec or allocation. */
export const configEntry = v.object({
  source: v.optional(v.string(), ""),
  requests: v.optional(v.array(v.string()), []),
  opaque: v.optional(v.object({ driver: v.string(), parameters: v.unknown() })),
});

/** The entries that are for this driver. In a spec there is no source: it is the claim. */
export function readConfigs(entries: readonly v.InferOutput<typeof configEntry>[]): OpaqueConfig[] {
  return entries.flatMap(({ source, requests, opaque }) => {
    if (opaque?.driver !== driverName) return [];
    const parameters = readMemoryConfig(opaque.parameters);
    return [{ source: source === "FromClass" ? "class" : "claim", requests, parameters }];
  });
}
