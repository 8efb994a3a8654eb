/**
 * `deno task mutate [--seed N] [--count N] [--in PATH] [--beside]`: changes the code in one place at a time, in a copy of
 * the checkout, and tells which changes no test notices. `--in` mutates the files alone whose paths begin so, `--beside`
 * runs the tests beside a file alone. Takes an hour and more: not for the gate.
 */
import { parseArgs } from "node:util";
import { chosen, type Mutation, mutationsOf } from "./mutate/mutations.ts";

/** What is mutated, and which tests stand beside it. The whole of both is run where those notice nothing. */
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
] as const;
const everything = ["tests/core", "tests/adapters"];
/**
 * A change that makes a test wait for ever is noticed: tests take that many times as long as without a change, and a minute
 * more. A machine that is busy otherwise is no such change.
 */
const limitFactor = 5;
const limitSlackMilliseconds = 60_000;

const limits = new Map<string, number>();

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "100" },
    in: { type: "string", default: "" },
    beside: { type: "boolean", default: false },
  },
});

const copy = await Deno.makeTempDir({ prefix: "dramemory-mutate-" });
try {
  await run("sh", [
    "-c",
    `git ls-files -z | tar -c --null -T - | tar -x -C ${copy} && ln -s "$PWD/node_modules" ${copy}/`,
  ]);
  const all: Mutation[] = [];
  const paths = (await sourcesIn(folders)).filter((path) => path.startsWith(values.in));
  for (const path of paths) all.push(...mutationsOf(path, await Deno.readTextFile(path)));
  const mutations = chosen(all, Number(values.count), Number(values.seed));
  console.log(`${mutations.length} of ${all.length} possible mutations, seed ${values.seed}`);
  const missed: string[] = [];
  for (const [index, mutation] of mutations.entries()) {
    const isNoticed = await notices(mutation);
    const text = `${mutation.path}:${mutation.line}: ${mutation.from} became ${mutation.to}`;
    if (!isNoticed) missed.push(text);
    console.log(`${index + 1} ${isNoticed ? "noticed" : "NOT NOTICED"} ${text}`);
  }
  console.log(`${mutations.length - missed.length} of ${mutations.length} noticed`);
  for (const text of missed) console.log(`not noticed: ${text}`);
} finally {
  await Deno.remove(copy, { recursive: true });
}

/** Whether tests or the type check fail with a mutation. */
async function notices({ path, mutated }: Mutation): Promise<boolean> {
  const beside = [`tests/${path.slice(0, path.lastIndexOf("/"))}`];
  const suites = values.beside ? [beside] : [beside, everything];
  for (const suite of suites) await limitOf(suite);
  const file = `${copy}/${path}`, original = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, mutated);
  try {
    if (!await passes(["check", path])) return true;
    for (const suite of suites) {
      if (!await passes(["test", "-A", "--no-check", "--fail-fast", ...suite], await limitOf(suite))) {
        return true;
      }
    }
    return false;
  } finally {
    await Deno.writeTextFile(file, original);
  }
}

/** How long a suite may take, found by running it without a mutation. Throws when that fails. */
async function limitOf(suite: readonly string[]): Promise<number> {
  const key = suite.join(" "), known = limits.get(key);
  if (known !== undefined) return known;
  const start = performance.now();
  if (!await passes(["test", "-A", "--no-check", ...suite])) {
    throw new Error(`Cannot begin: tests of ${key} fail in a copy of the checkout as it is`);
  }
  const limit = (performance.now() - start) * limitFactor + limitSlackMilliseconds;
  limits.set(key, limit);
  return limit;
}

async function passes(args: readonly string[], limitMilliseconds?: number): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: copy,
    stdout: "null",
    stderr: "null",
    ...(limitMilliseconds === undefined ? {} : { signal: AbortSignal.timeout(limitMilliseconds) }),
  }).output();
  return success;
}

async function sourcesIn(directories: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const directory of directories) {
    for await (const { name, isFile } of Deno.readDir(directory)) {
      if (isFile && name.endsWith(".ts")) paths.push(`${directory}/${name}`);
    }
  }
  return paths.sort();
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args: [...args] }).output();
  if (!success) throw new Error(`Cannot copy the checkout: ${command} failed`);
}
