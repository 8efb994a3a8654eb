import { equal } from "../../values/equal.ts";
import type { MemoryConfig, OpaqueConfig } from "./memory_config.ts";

/** Configuration that has no meaning: malformed, or two entries that say different things. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/**
 * What holds for a request, as an allocation result names it, `<request>` or `<request>/<subrequest>`.
 *
 * The narrower wins, field by field: a claim over the class, an entry that names the request over one for all, and one
 * that names the subrequest over one that names its request (`DeviceClaim.config` of `resource.k8s.io/v1`). Two
 * entries that are equally narrow must not differ in a field. Throws {@link ConfigError} for that, and for an entry
 * that is malformed, whichever request it is for.
 */
export function effectiveConfig(request: string, configs: readonly OpaqueConfig[]): MemoryConfig {
  const levels = new Map<number, MemoryConfig>();
  for (const entry of configs) {
    if ("problems" in entry.parameters) {
      throw new ConfigError(`${describe(entry)} cannot be used: ${entry.parameters.problems.join("; ")}`);
    }
    const level = narrowness(entry, request);
    if (level === undefined) continue;
    const merged = merge(levels.get(level) ?? {}, entry.parameters, (path, before, now) => {
      throw new ConfigError(
        `${describe(entry)} says ${path}: ${JSON.stringify(now)}, another one for the same requests ` +
          `${JSON.stringify(before)}: keep one of them`,
      );
    });
    levels.set(level, merged);
  }
  const wideFirst = [...levels].sort(([a], [b]) => a - b).map(([, config]) => config);
  return wideFirst.reduce((wide, narrow) => merge(wide, narrow, () => {}), {});
}

/** Why configuration has no meaning for some of these requests, if there is a reason. See {@link effectiveConfig}. */
export function configProblem(
  configs: readonly OpaqueConfig[],
  requests: readonly string[],
): string | undefined {
  try {
    for (const request of requests) effectiveConfig(request, configs);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** The higher, the narrower; undefined for an entry that is not for the request. */
function narrowness({ source, requests }: OpaqueConfig, request: string): number | undefined {
  const [base] = request.split("/", 1);
  const steps = requests.length === 0
    ? 0
    : requests.includes(request)
    ? (request === base ? 1 : 2)
    : base !== undefined && requests.includes(base)
    ? 1
    : undefined;
  return steps === undefined ? undefined : (source === "claim" ? 3 : 0) + steps;
}

type Clash = (path: string, before: unknown, now: unknown) => void;

/** The fields of both; where both have one, that of the second, after `clash` if they differ. */
function merge<T extends object>(first: T, second: T, clash: Clash, path = ""): T {
  const fields = { ...first } as Record<string, unknown>;
  for (const [name, now] of Object.entries(second)) {
    const before = fields[name], field = path === "" ? name : `${path}.${name}`;
    if (isRecord(before) && isRecord(now)) {
      fields[name] = merge(before, now, clash, field);
      continue;
    }
    if (before !== undefined && !equal(before, now)) clash(field, before, now);
    fields[name] = now;
  }
  return fields as T;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe({ source, requests }: OpaqueConfig): string {
  const of = source === "class" ? "the configuration of its DeviceClass" : "its configuration";
  return requests.length === 0 ? of : `${of} for ${requests.join(", ")}`;
}
