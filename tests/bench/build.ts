import { join, resolve } from "node:path";
import { makeExecutable } from "../../tasks/executable.ts";
import type { Contender } from "./bench_node.ts";

/** The driver of this checkout: an executable that there is, or a new one in a directory. */
export async function ownBuild(binary: string | undefined, directory: string): Promise<Contender> {
  const name = "dramemory";
  if (binary !== undefined) return { name, binary: resolve(binary) };
  const output = join(directory, name);
  await makeExecutable({ entry: "cmd/main.ts", output, define: { DRAMEMORY_VERSION: '"bench"' } });
  return { name, binary: output };
}

/** A program that does nothing of a driver's work, to tell what is left of it. */
export async function floorBuild(name: "serving" | "grpc" | "empty", directory: string): Promise<Contender> {
  const binary = join(directory, name);
  await makeExecutable({ entry: `tests/bench/floors/${name}.ts`, output: binary, define: {} });
  return { name: `${name} floor`, binary };
}
