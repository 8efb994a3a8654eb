import { crioFlags } from "../../../adapters/operations/runtimes/crio/flags.ts";
import { placeOfProcess } from "../../../adapters/operations/runtimes/crio/place.ts";
import { crioLayers, crioReading, planCrio } from "../../../adapters/operations/runtimes/crio/plan.ts";
import type { SetupWish } from "../../../adapters/operations/runtimes/setup_plan.ts";
import { systemFiles } from "../../../adapters/shared/files/config_files.ts";
import { replaceFile } from "../../../adapters/shared/files/replace_file.ts";

/** How long CRI-O may take to print its configuration, which it does without starting. */
const printMilliseconds = 30_000;

/** What the driver needs of CRI-O, by the names of the settings. */
export interface CrioSettings {
  readonly enable_nri: boolean;
  readonly nri_disable_connections: boolean;
  readonly cdi_spec_dirs: readonly string[];
}

/** A directory with a configuration, and the CRI-O that reads it: `main.conf`, and every file below `parts/`. */
export class ConfiguredCrio implements AsyncDisposable {
  readonly #directory: string;
  readonly #binary: string;
  readonly #more: readonly string[];

  /** Makes one of files by their names, with more flags. */
  static async start(
    binary: string,
    files: Readonly<Record<string, string>>,
    flags: readonly string[] = [],
  ): Promise<ConfiguredCrio> {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    await Deno.mkdir(`${directory}/parts`);
    for (const [name, text] of Object.entries({ "main.conf": "", ...files })) {
      await replaceFile(`${directory}/${name}`, text, { suffix: ".bak" });
    }
    return new ConfiguredCrio(directory, binary, flags);
  }

  private constructor(directory: string, binary: string, flags: readonly string[]) {
    this.#directory = directory;
    this.#binary = binary;
    this.#more = flags;
  }

  get #flags(): string[] {
    return [
      "--config",
      `${this.#directory}/main.conf`,
      `--config-dir=${this.#directory}/parts`,
      ...this.#more,
    ];
  }

  get #place(): string {
    return placeOfProcess([this.#binary, ...this.#flags]);
  }

  /** Sets the configuration up and writes it. Resolves to the names of the files that were written. */
  async setUp(wish: SetupWish = { requirePlugin: false, version: undefined }): Promise<string[]> {
    const { edits } = await planCrio(this.#place, wish, systemFiles);
    for (const { path, text } of edits) {
      await replaceFile(path, text, { suffix: ".bak", directory: this.#directory });
    }
    return edits.map(({ path }) => path.slice(this.#directory.length + 1));
  }

  /** The settings as the driver's tools read them; those that no file and no flag has are left out. */
  async read(): Promise<Partial<Record<string, unknown>>> {
    const flags = crioFlags([this.#binary, ...this.#flags]);
    const layers = [...await crioLayers(this.#place, systemFiles), ...flags === undefined ? [] : [flags]];
    const { states } = crioReading(layers, false);
    return Object.fromEntries(
      states.flatMap(({ setting, layer, value }) =>
        layer === undefined ? [] : [[setting.path.at(-1), value]]
      ),
    );
  }

  /**
   * The settings as CRI-O understands them. What is as built in it prints behind `#`, and some lists always: both are
   * what counts.
   */
  async understood(): Promise<CrioSettings> {
    const args = [...this.#flags, "config"], signal = AbortSignal.timeout(printMilliseconds);
    const { success, stdout, stderr } = await new Deno.Command(this.#binary, { args, signal }).output();
    const [text, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (!success) throw new Error(`crio ${args.join(" ")} failed: ${said}`);
    const valueOf = (key: string) =>
      new RegExp(`^(?:# )?${key} = (\\[[^\\]]*\\]|.*)$`, "m").exec(text ?? "")?.[1];
    return {
      enable_nri: valueOf("enable_nri") === "true",
      nri_disable_connections: valueOf("nri_disable_connections") === "true",
      cdi_spec_dirs: [...(valueOf("cdi_spec_dirs") ?? "").matchAll(/"([^"]*)"/g)].map(([, name = ""]) =>
        name
      ),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}
