import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const sources = dirname(fileURLToPath(import.meta.url));

/** The compiler: gcc, or what CC names, as `aarch64-linux-gnu-gcc` for machines of that kind. */
export const compiler = Deno.env.get("CC") ?? "gcc";

/**
 * The compiler's arguments that make the workload at `output`: static, so that it runs in an image without anything
 * else, and the same bytes each time.
 */
export function compilerArguments(output: string): string[] {
  return [
    ...["-static", "-O1", "-s", "-Wall", "-Wextra", "-Werror", "-Wl,--build-id=none"],
    ...["-o", output],
    ...["workload.c", "request.c", "report.c"].map((name) => join(sources, name)),
  ];
}
