import { readContainerdConfiguration } from "../../../adapters/operations/runtimes/containerd/configuration.ts";
import { planContainerd } from "../../../adapters/operations/runtimes/containerd/plan.ts";
import { readingsOf } from "../../../adapters/operations/runtimes/containerd/readings.ts";
import { systemFiles } from "../../../adapters/shared/files/config_files.ts";
import { replaceFile } from "../../../adapters/shared/files/replace_file.ts";
import { parseToml } from "../../../adapters/shared/toml/toml_text.ts";
import { RuntimeConfigError } from "../../../core/operations/runtimes/configuration.ts";
import type { ConfigTable } from "../../../core/values/config_table.ts";
import { parseRuntimeVersion } from "../../../core/operations/runtimes/runtime_version.ts";

/** How long containerd may take to print its configuration, which it does without starting. */
const printMilliseconds = 30_000;

/** A directory with a configuration, and the containerd that reads it. */
export class ConfiguredNode implements AsyncDisposable {
  readonly #directory: string;
  readonly #binary: string;

  /** Makes one whose configuration is made up of files by their names; `config.toml` is the main one. */
  static async start(binary: string, files: Readonly<Record<string, string>>): Promise<ConfiguredNode> {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    for (const [name, text] of Object.entries(files)) {
      await replaceFile(`${directory}/${name}`, text, { suffix: ".bak" });
    }
    return new ConfiguredNode(directory, binary);
  }

  private constructor(directory: string, binary: string) {
    this.#directory = directory;
    this.#binary = binary;
  }

  /** Sets the configuration up and writes it. Resolves to the names of the files that were written. */
  async setUp(requirePlugin = false): Promise<string[]> {
    const wish = { requirePlugin, version: parseRuntimeVersion(await print(this.#binary, "--version")) };
    const { edits } = await planContainerd(`${this.#directory}/config.toml`, wish, systemFiles);
    for (const { path, text } of edits) await replaceFile(path, text, { suffix: ".bak" });
    return edits.map(({ path }) => path.slice(this.#directory.length + 1));
  }

  /** The values of the settings as the driver's tools read them, by their paths; undefined when nothing would start. */
  async read(): Promise<Record<string, unknown> | undefined> {
    const version = parseRuntimeVersion(await print(this.#binary, "--version"));
    const { layers } = await readContainerdConfiguration(`${this.#directory}/config.toml`, systemFiles);
    try {
      const [reading] = readingsOf(layers, version, false);
      return Object.fromEntries(
        (reading?.states ?? []).map(({ setting, value }) => [setting.path.join(" "), value]),
      );
    } catch (error) {
      if (error instanceof RuntimeConfigError) return undefined;
      throw error;
    }
  }

  /** The same as {@link understood}; undefined where containerd does not take the files. */
  async understoodOrRefused(): Promise<ConfigTable | undefined> {
    try {
      return await this.understood();
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("containerd ")) return undefined;
      throw error;
    }
  }

  /** The whole configuration as containerd understands it, what is built in filled in. */
  async understood(): Promise<ConfigTable> {
    const config = `${this.#directory}/config.toml`;
    return parseToml(
      await print(this.#binary, "--config", config, "config", "dump"),
      "what containerd prints",
    );
  }

  /** What is built in, by which containerd goes where there is no file (1.7 does not dump it as such then). */
  async builtIn(): Promise<ConfigTable> {
    return parseToml(await print(this.#binary, "config", "default"), "what containerd prints");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}

async function print(binary: string, ...args: string[]): Promise<string> {
  const signal = AbortSignal.timeout(printMilliseconds);
  const { success, stdout, stderr } = await new Deno.Command(binary, { args, signal }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`containerd ${args.join(" ")} failed: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
