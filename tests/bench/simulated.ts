/** Measures the compiled driver beside simulated components, prints a table and checks BUDGETS.md: see bench.ts. */
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { benchOptions } from "./bench_options.ts";
import type { Contender } from "./bench_node.ts";
import { floorBuild, ownBuild } from "./build.ts";
import { parseBudgets } from "./_budgets.ts";
import { fullExtent, shortExtent } from "./_extent.ts";
import { failures, format, table } from "./report.ts";
import { type Measured, Results } from "./_results.ts";
import type { Scenario } from "./scenario.ts";
import { measureChurn } from "./scenarios/churn.ts";
import { measureClaims } from "./scenarios/claims.ts";
import { measureEmptyFloor, measureServingFloor } from "./scenarios/floors.ts";
import { measureIdle } from "./scenarios/idle.ts";
import { measureStarts } from "./scenarios/start.ts";

const { values: options } = parseArgs({ options: benchOptions });

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
const drivers = [
  await ownBuild(options.binary, directory),
  ...(options.vs === undefined ? [] : [other(options.vs)]),
];
const began = performance.now();
try {
  const setting = { extent, directory, results };
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (options.only !== undefined && options.only !== name && options.only !== "floors") continue;
    if (options.only !== "floors") await scenario({ ...setting, contenders: drivers });
  }
  if (options.only === undefined || options.only === "floors") {
    await measureServingFloor({ ...setting, contenders: [await floorBuild("serving", directory)] });
    await measureEmptyFloor({ ...setting, contenders: [await floorBuild("empty", directory)] });
  }
} finally {
  await Deno.remove(directory, { recursive: true });
}
report();

function other(binary: string): Contender {
  return { name: `vs ${basename(binary)}`, binary: resolve(binary) };
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
