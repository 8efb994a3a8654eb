/**
 * Changes the code in one place at a time, in copies of the checkout, and tells which changes no test notices. `--in`
 * mutates the files alone whose paths begin so, `--jobs` says how many changes are tried side by side: as many as there
 * are CPUs. Takes minutes: not for the gate.
 */
import { CheckoutCopy } from "./mutate/checkout_copy.ts";
import { importingTests } from "./mutate/importing_tests.ts";
import { taskOptions } from "./task_options.ts";
import { chosen, type Mutation, mutationsOf } from "./mutate/mutations.ts";

/** What is mutated. */
const folders = [
  "core/claims",
  "core/devices",
  "core/use_cases",
  "core/operations/setup_hugepages",
  "core/operations/runtimes",
  "core/status",
  "core/operations/validate",
  "adapters/driver/cdi",
  "adapters/driver/cgroup",
  "adapters/driver/nri",
  "adapters/operations/cgroups",
  "adapters/operations/hugepages",
  "adapters/operations/runtimes",
  "adapters/operations/runtimes/containerd",
  "adapters/operations/runtimes/crio",
];
/** Where the tests stand that ought to notice: those that need no process of their own. */
const testFolders = ["tests/core", "tests/adapters"];
/**
 * A change that makes a test wait for ever is noticed: tests take that many times as long as without a change, and a minute
 * more. A machine that is busy otherwise is no such change.
 */
const limitFactor = 5;
const limitSlackMilliseconds = 60_000;

const { values } = taskOptions("deno task mutate [--seed N] [--count N] [--in PATH] [--jobs N]", {
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "100" },
    in: { type: "string", default: "" },
    jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
  },
});

const all: Mutation[] = [];
const sources = (await Promise.all(folders.map((folder) => filesIn(folder, false)))).flat();
for (const path of sources.filter((path) => path.startsWith(values.in)).sort()) {
  all.push(...mutationsOf(path, await Deno.readTextFile(path)));
}
const mutations = chosen(all, Number(values.count), Number(values.seed));
console.log(`${mutations.length} of ${all.length} possible mutations, seed ${values.seed}`);

const copies = await Promise.all(Array.from({ length: Number(values.jobs) }, () => CheckoutCopy.make()));
try {
  const [first] = copies;
  if (first === undefined) throw new Error(`Cannot try mutations: --jobs is no count: "${values.jobs}"`);
  const testsOf = await importers(first, [...new Set(mutations.map(({ path }) => path))]);
  const times = await first.timesOf([...new Set([...testsOf.values()].flat())].sort());
  const missed: string[] = [];
  const left = mutations.values();
  await Promise.all(copies.map(async (copy) => {
    for (const mutation of left) {
      const tests = testsOf.get(mutation.path) ?? [];
      const usual = tests.reduce((sum, test) => sum + (times.get(test) ?? 0), 0);
      const noticedBy = await whatNotices(
        copy,
        mutation,
        tests,
        usual * limitFactor + limitSlackMilliseconds,
      );
      const text = `${mutation.path}:${mutation.line}: ${mutation.from} became ${mutation.to}`;
      if (noticedBy === undefined) missed.push(text);
      console.log(noticedBy === undefined ? `NOT NOTICED ${text}` : `noticed ${text} (${noticedBy})`);
    }
  }));
  console.log(`${mutations.length - missed.length} of ${mutations.length} noticed`);
  for (const text of missed.sort()) console.log(`not noticed: ${text}`);
} finally {
  await Promise.all(copies.map((copy) => copy.remove()));
}

/** What fails with a mutation: a test, or else the type check. */
async function whatNotices(
  copy: CheckoutCopy,
  { path, mutated }: Mutation,
  tests: readonly string[],
  limitMilliseconds: number,
): Promise<string | undefined> {
  const file = `${copy.directory}/${path}`, original = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, mutated);
  try {
    const outcome = tests.length === 0 ? undefined : await copy.test(tests, limitMilliseconds);
    if (outcome?.passed === false) return outcome.failed;
    return await copy.hasRightTypes(path) ? undefined : "types";
  } finally {
    await Deno.writeTextFile(file, original);
  }
}

/** The test files that import each of some sources, the nearest first. */
async function importers(copy: CheckoutCopy, paths: readonly string[]): Promise<Map<string, string[]>> {
  const tests = (await Promise.all(testFolders.map((folder) => filesIn(folder, true)))).flat();
  const graph = await copy.graphOf(tests.filter((path) => path.endsWith("_test.ts")));
  const root = `file://${copy.directory}/`;
  return new Map(paths.map((path) => [
    path,
    importingTests(graph, root + path).map((specifier) => specifier.slice(root.length)),
  ]));
}

/** The TypeScript files of a folder, and of those within it where that is wanted. */
async function filesIn(folder: string, isDeep: boolean): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    if (isFile && name.endsWith(".ts")) paths.push(`${folder}/${name}`);
    if (isDirectory && isDeep) paths.push(...await filesIn(`${folder}/${name}`, isDeep));
  }
  return paths;
}
