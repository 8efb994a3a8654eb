/**
 * Measures the compiled driver beside its counterparts, prints a table and checks BUDGETS.md:
 *
 *     deno task bench [--short] [--vs BINARY] [--binary BINARY] [--json FILE] [--directory DIR] [--only SCENARIO]
 *
 * `--vs` measures another driver turn by turn with this one: any that takes the same flags and serves the same
 * sockets, such as a former build. Without `--binary` the driver is built anew. Files that are written lie below
 * `--directory`, by default where the system has its temporary files; that directory's disk is part of the figures.
 */
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeExecutable } from "../../tasks/executable.ts";
import type { Contender } from "./bench_node.ts";
import { parseBudgets } from "./_budgets.ts";
import { fullExtent, shortExtent } from "./_extent.ts";
import { failures, format, table } from "./_report.ts";
import { type Measured, Results } from "./_results.ts";
import type { Scenario } from "./scenario.ts";
import { measureChurn } from "./scenarios/churn.ts";
import { measureClaims } from "./scenarios/claims.ts";
import { measureEmptyFloor, measureServingFloor } from "./scenarios/floors.ts";
import { measureIdle } from "./scenarios/idle.ts";
import { measureStarts } from "./scenarios/start.ts";

const { values: options } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    vs: { type: "string" },
    binary: { type: "string" },
    json: { type: "string" },
    directory: { type: "string" },
    only: { type: "string" },
  },
});

const scenarios: Readonly<Record<string, Scenario>> = {
  start: measureStarts,
  claims: measureClaims,
  churn: measureChurn,
  idle: measureIdle,
};

const budgets = parseBudgets(await Deno.readTextFile(new URL("BUDGETS.md", import.meta.url)));
const directory = await Deno.makeTempDir({
  ...options.directory && { dir: options.directory },
  prefix: "bench-",
});
const extent = options.short ? shortExtent : fullExtent;
const results = new Results(tell);
const drivers = [await own(), ...(options.vs === undefined ? [] : [other(options.vs)])];
const began = performance.now();
try {
  const setting = { extent, directory, results };
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (options.only !== undefined && options.only !== name && options.only !== "floors") continue;
    if (options.only !== "floors") await scenario({ ...setting, contenders: drivers });
  }
  if (options.only === undefined || options.only === "floors") {
    await measureServingFloor({ ...setting, contenders: [await floor("serving")] });
    await measureEmptyFloor({ ...setting, contenders: [await floor("empty")] });
  }
} finally {
  await Deno.remove(directory, { recursive: true });
}
report();

async function own(): Promise<Contender> {
  const name = "dramemory";
  if (options.binary !== undefined) return { name, binary: resolve(options.binary) };
  const binary = join(directory, name);
  await makeExecutable({ entry: "cmd/main.ts", output: binary, define: { DRAMEMORY_VERSION: '"bench"' } });
  return { name, binary };
}

function other(binary: string): Contender {
  return { name: `vs ${basename(binary)}`, binary: resolve(binary) };
}

async function floor(name: "serving" | "empty"): Promise<Contender> {
  const binary = join(directory, name);
  await makeExecutable({ entry: `tests/bench/floors/${name}.ts`, output: binary, define: {} });
  return { name: `${name} floor`, binary };
}

function tell({ contender, metric, prepared, value }: Measured): void {
  const among = prepared === undefined ? "" : ` (${prepared} prepared)`;
  console.error(`${new Date().toISOString()} ${contender}: ${metric}${among} ${format(value)}`);
}

function report(): void {
  const { figures } = results;
  const contenders = [...new Set(figures.map(({ contender }) => contender))];
  const about = {
    at: new Date().toISOString(),
    seconds: Math.round((performance.now() - began) / 1000),
    extent,
    machine: { cpus: navigator.hardwareConcurrency, kernel: Deno.osRelease(), load: Deno.loadavg() },
  };
  console.log(table(budgets, figures, contenders));
  if (options.json !== undefined) {
    Deno.writeTextFileSync(options.json, `${JSON.stringify({ ...about, figures }, undefined, 2)}\n`);
  }
  const failed = failures(budgets, figures.filter(({ contender }) => contender === "dramemory"));
  for (const failure of failed) console.error(`Budget missed by more than half: ${failure}`);
  if (failed.length > 0) Deno.exit(1);
}
