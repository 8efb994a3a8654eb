import * as v from "valibot";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { policyModes } from "../../../core/claims/configuration/memory_config.ts";
import { containerPath } from "../../../core/values/container_path.ts";
import { pageSize } from "../../../core/values/page_size.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import { CheckpointTextError } from "./checkpoint_text.ts";

/** What a claim gives its container, as far as that is checkpointed beside the claim itself. */
export type ClaimInjections = Pick<
  PreparedClaim,
  "injections" | "withoutMounts" | "ordinaryHugepages" | "countedByKubelet" | "limitedByPod" | "terms"
>;

const bytes = v.pipe(v.string(), v.regex(/^[1-9]\d{0,18}$/), v.transform((digits: string) => BigInt(digits)));

const injection = v.object({
  request: v.string(),
  mounts: v.array(v.object({
    pageSize: v.pipe(bytes, v.transform(pageSize)),
    path: v.pipe(v.string(), v.transform(containerPath)),
    bytes,
  })),
  environment: v.array(v.string()),
  metadata: v.object({ containerPath: v.string(), text: v.string() }),
});

const percent = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100));

const terms = v.object({
  request: v.string(),
  policy: v.exactOptional(v.picklist(policyModes.filter((mode) => mode !== "bind"))),
  limits: v.exactOptional(v.object({
    max: v.exactOptional(v.literal("claim")),
    highPercent: v.exactOptional(percent),
    lowPercent: v.exactOptional(percent),
    minPercent: v.exactOptional(percent),
    swap: v.exactOptional(v.literal("forbidden")),
  })),
});

/** A newer driver on the same node may have written more. */
const document = v.object({
  injections: v.exactOptional(v.array(injection)),
  withoutMounts: v.exactOptional(v.string()),
  ordinaryHugepages: v.exactOptional(v.array(v.object({
    pageSize: v.pipe(bytes, v.transform(pageSize)),
    bytes: v.pipe(v.string(), v.regex(/^\d{1,19}$/), v.transform((digits: string) => BigInt(digits))),
  }))),
  countedByKubelet: v.exactOptional(v.literal(true)),
  limitedByPod: v.exactOptional(v.array(v.pipe(v.string(), v.transform(parseResourceName)))),
  terms: v.exactOptional(v.array(terms)),
});

/** Writes injections as JSON, see {@link parseInjections}. Bytes are decimal digits. */
export function formatInjections(
  { injections, withoutMounts, ordinaryHugepages, countedByKubelet, limitedByPod, terms }: ClaimInjections,
): string {
  return JSON.stringify(
    { injections, withoutMounts, ordinaryHugepages, countedByKubelet, limitedByPod, terms },
    (_key, value: unknown) => typeof value === "bigint" ? value.toString() : value,
  );
}

/** Reads what {@link formatInjections} wrote. Throws {@link CheckpointTextError} for everything else. */
export function parseInjections(text: string): ClaimInjections {
  try {
    return v.parse(document, JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new CheckpointTextError(`Cannot read what a claim gives its container: ${cause.message}`, {
      cause,
    });
  }
}
