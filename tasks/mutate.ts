/**
 * `deno task mutate [--seed N] [--count N]`: changes the code in one place at a time, in a copy of the checkout, and
 * tells which changes no test notices. Takes an hour and more: not for the gate.
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
/** A change that makes a test wait for ever is noticed; a machine that is busy otherwise is no such change. */
const limitMilliseconds = 900_000;

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, count: { type: "string", default: "100" } },
});

const copy = await Deno.makeTempDir({ prefix: "dramemory-mutate-" });
try {
  await run("sh", [
    "-c",
    `git ls-files -z | tar -c --null -T - | tar -x -C ${copy} && ln -s "$PWD/node_modules" ${copy}/`,
  ]);
  const all: Mutation[] = [];
  for (const path of await sourcesIn(folders)) all.push(...mutationsOf(path, await Deno.readTextFile(path)));
  const mutations = chosen(all, Number(values.count), Number(values.seed));
  console.log(`${mutations.length} of ${all.length} possible mutations, seed ${values.seed}`);
  if (!await passes(["test", "-A", "--no-check", ...everything])) {
    throw new Error("Cannot begin: tests fail in a copy of the checkout as it is");
  }
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

async function notices({ path, mutated }: Mutation): Promise<boolean> {
  const file = `${copy}/${path}`, original = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, mutated);
  try {
    const beside = `tests/${path.slice(0, path.lastIndexOf("/"))}`;
    return !await passes(["test", "-A", "--no-check", "--fail-fast", beside]) ||
      !await passes(["check", path]) ||
      !await passes(["test", "-A", "--no-check", "--fail-fast", ...everything]);
  } finally {
    await Deno.writeTextFile(file, original);
  }
}

async function passes(args: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: copy,
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(limitMilliseconds),
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
