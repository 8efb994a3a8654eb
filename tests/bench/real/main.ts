/** The benchmark beside the real components: see ../bench.ts. */
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { benchOptions } from "../bench_options.ts";
import type { Contender } from "../bench_node.ts";
import { floorBuild, ownBuild } from "../build.ts";
import { buildCommit } from "../reference.ts";
import { format } from "../report.ts";
import { benchReal } from "./bench_real.ts";
import { parseRatioBudgets } from "./ratio_budgets.ts";
import { ratioFailures, ratioTable } from "./ratio_report.ts";
import { fullRealExtent, shortRealExtent, usualRealExtent } from "./rounds.ts";

const { values: options } = parseArgs({ options: benchOptions });
const budgets = parseRatioBudgets(await Deno.readTextFile(new URL("BUDGETS.md", import.meta.url)));
const directory = await Deno.makeTempDir({ dir: options.directory ?? memoryDirectory(), prefix: "bench-" });
try {
  const own = await ownBuild(options.binary, directory);
  const other = await otherBuild();
  const serving = options.short
    ? undefined
    : { ...await floorBuild("serving", directory), publishes: false } as const;
  const floors = options.short
    ? []
    : [await floorBuild("grpc", directory), await floorBuild("empty", directory)];
  const extent = options.short ? shortRealExtent : options.full ? fullRealExtent : usualRealExtent;
  const measurements = await benchReal({
    contenders: other === undefined ? [own] : [own, other],
    ...serving === undefined ? {} : { serving },
    floors,
    extent: {
      ...extent,
      ...options.rounds === undefined ? {} : { rounds: Number(options.rounds) },
      ...options.only === undefined ? {} : { only: options.only },
    },
    directory,
    told: (metric, contender, value) =>
      console.error(`${new Date().toISOString()} ${contender}: ${metric} ${format(value)}`),
  });
  const comparison = {
    own: own.name,
    other: other?.name,
    floors: [...serving ? [serving] : [], ...floors].map(({ name }) => name),
  };
  console.log(ratioTable(budgets, measurements, comparison));
  if (options.json !== undefined) {
    await Deno.writeTextFile(options.json, `${JSON.stringify(measurements, undefined, 2)}\n`);
  }
  const failures = ratioFailures(budgets, measurements, comparison);
  for (const failure of failures) console.error(`Failed: ${failure}`);
  if (failures.length > 0) Deno.exitCode = 1;
} finally {
  await Deno.remove(directory, { recursive: true });
}

/** What a driver writes lies on tmpfs on most nodes (/run); on a disk it is the disk that would be measured. */
function memoryDirectory(): string {
  return "/dev/shm";
}

async function otherBuild(): Promise<Contender | undefined> {
  const { vs, "vs-commit": revision } = options;
  if (vs !== undefined) return { name: basename(vs), binary: resolve(vs) };
  if (revision === undefined) return undefined;
  return { name: revision, binary: await buildCommit(revision, directory) };
}
