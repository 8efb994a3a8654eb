/** How `deno task bench` is used; bench.ts says what it is told. */
export const benchUsage =
  "deno task bench [--real [--full] [--rounds N] [--vs-commit REV] | --cluster N] [--short] [--vs BINARY] [--only NAME] " +
  "[--binary BINARY] [--directory DIR] [--json FILE]";

/** What `deno task bench` can be told, see bench.ts. */
export const benchOptions = {
  real: { type: "boolean", default: false },
  cluster: { type: "string" },
  full: { type: "boolean", default: false },
  short: { type: "boolean", default: false },
  rounds: { type: "string" },
  vs: { type: "string" },
  "vs-commit": { type: "string" },
  binary: { type: "string" },
  json: { type: "string" },
  directory: { type: "string" },
  only: { type: "string" },
} as const;
