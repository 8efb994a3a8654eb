import { type ModuleGraph } from "./importing_tests.ts";

/** How a run of tests ended: what failed is a test's file, or that time was over. */
export type TestOutcome = { readonly passed: true } | { readonly passed: false; readonly failed: string };

/** A copy of what this checkout has in git, as it stands here, which can be changed without harm. */
export class CheckoutCopy {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Throws an Error when git or tar fails. */
  static async make(): Promise<CheckoutCopy> {
    const directory = await Deno.makeTempDir({ prefix: "dramemory-mutate-" });
    const { success } = await new Deno.Command("sh", {
      args: [
        "-c",
        'git ls-files -z | tar -c --null -T - | tar -x -C "$0" && ln -s "$PWD/node_modules" "$0/"',
        directory,
      ],
    }).output();
    if (!success) throw new Error("Cannot copy the checkout: git or tar failed");
    return new CheckoutCopy(directory);
  }

  async remove(): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }

  /** What some files import. Throws an Error when Deno cannot tell. */
  async graphOf(paths: readonly string[]): Promise<ModuleGraph> {
    const entry = `${this.directory}/all_tests.ts`;
    await Deno.writeTextFile(entry, paths.map((path) => `import "./${path}";\n`).join(""));
    const { success, stdout } = await this.#deno(["info", "--json", entry]);
    await Deno.remove(entry);
    if (!success) throw new Error("Cannot tell what the tests import: deno info failed");
    return JSON.parse(stdout);
  }

  /**
   * How long each of some test files takes, in milliseconds. Throws an Error when a test fails.
   */
  async timesOf(paths: readonly string[]): Promise<Map<string, number>> {
    const report = `${this.directory}/times.xml`;
    const { success, stdout } = await this.#deno([
      ...["test", "-A", "--no-check", "--parallel", `--junit-path=${report}`],
      ...paths,
    ]);
    if (!success) {
      throw new Error(`Cannot begin: ${failedIn(stdout)} fails in a copy of the checkout as it is`);
    }
    const times = new Map<string, number>();
    const cases = (await Deno.readTextFile(report)).matchAll(/classname="\.\/([^"]+)" time="([\d.]+)"/g);
    for (const [, path = "", seconds] of cases) {
      times.set(path, (times.get(path) ?? 0) + Number(seconds) * 1000);
    }
    return times;
  }

  /** Runs test files, in their order, up to the first test that fails. */
  async test(paths: readonly string[], limitMilliseconds: number): Promise<TestOutcome> {
    const limit = AbortSignal.timeout(limitMilliseconds);
    const { success, stdout } = await this.#deno(
      ["test", "-A", "--no-check", "--fail-fast", ...paths],
      limit,
    );
    if (success) return { passed: true };
    return { passed: false, failed: limit.aborted ? "took too long" : failedIn(stdout) };
  }

  /** Whether a file and what it imports have the right types. */
  async hasRightTypes(path: string): Promise<boolean> {
    return (await this.#deno(["check", path])).success;
  }

  async #deno(args: readonly string[], signal?: AbortSignal): Promise<{ success: boolean; stdout: string }> {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: this.directory,
      env: { NO_COLOR: "1" },
      stderr: "null",
      ...(signal === undefined ? {} : { signal }),
    }).output();
    return { success, stdout: new TextDecoder().decode(stdout) };
  }
}

/** The file of the first failure in what `deno test` printed. */
function failedIn(output: string): string {
  return / => \.\/(\S+?):\d/.exec(output)?.[1] ?? "a test file that could not be loaded";
}
