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
