import type { RuntimeSettings } from "../../../core/operations/ports/node_facts.ts";
import type { ConfigLayer } from "../../../core/operations/runtimes/configuration.ts";
import type { MajorMinor, RuntimeVersion } from "../../../core/operations/runtimes/runtime_version.ts";
import type { ConfigFiles } from "../../shared/files/config_files.ts";
import type { CommandLine, FlagNames } from "../../shared/kernel_files/processes.ts";
import type { RuntimeName } from "./runtime_names.ts";
import type { SetupPlan, SetupWish } from "./setup_plan.ts";

/**
 * A container runtime that the driver works with: everything that differs from one to another. Each is a folder beside
 * this file, and one line in `runtimes.ts`.
 */
export interface ContainerRuntime {
  /** Also that of its program and, where a distribution has no other, of its service. */
  readonly name: RuntimeName;
  /** The first version with NRI that takes CDI devices from the kubelet. */
  readonly oldest: MajorMinor;
  /** What its program is asked with for its version and the NRI of its build; absent where it does not say that. */
  readonly versionArguments?: readonly string[];
  /** The first version with NRI 0.12, which has memory policies; absent where that is not known. */
  readonly policiesSince?: MajorMinor;
  /** The OCI runtimes that it uses where its configuration names none, the likeliest first. */
  readonly ociRuntimes: readonly string[];
  /** The file or directory of its configuration unless its command line says otherwise. */
  readonly usualConfiguration: string;
  /** The files and directories of a configuration, of which one is there at least unless all is built in. */
  partsOf(configuration: string): readonly [string, ...string[]];
  /** The directory that is there where it is installed. */
  readonly directory: string;
  /** Whether an endpoint that a kubelet is set up with is one of this runtime's. */
  serves(endpoint: string): boolean;
  /** The flags of its command line by the variables of its environment that stand for them; absent where there are none. */
  readonly flagVariables?: Readonly<Record<string, FlagNames>>;
  /** What a command line sets of what the driver needs, over all files; absent where none can. */
  readonly flagsOf?: (line: CommandLine) => ConfigLayer | undefined;
  /** The configuration that a running one was started with. */
  configurationOf(line: CommandLine): string;
  /** The socket for the kubelet of one that was started so, as far as its configuration can be read. */
  socketOf(line: CommandLine, files: ConfigFiles): Promise<string>;
  /** The files of a configuration in the order in which they count. Rejects when one cannot be read. */
  layers(configuration: string, files: ConfigFiles): Promise<readonly ConfigLayer[]>;
  /** What the driver needs, as the runtime of a version has it, started with some flags. Never rejects for what is there. */
  settings(
    configuration: string,
    version: RuntimeVersion | undefined,
    files: ConfigFiles,
    flags?: ConfigLayer,
  ): Promise<RuntimeSettings>;
  /** What makes a configuration fit for the driver. Rejects with TomlError, ConfigFileError or RuntimeConfigError. */
  plan(configuration: string, wish: SetupWish, files: ConfigFiles): Promise<SetupPlan>;
  /** The same for a text; undefined where the configuration is no single text. */
  readonly planText?: (text: string, name: string, wish: SetupWish) => Promise<SetupPlan>;
  /** The keys that setting it up can change, by every name of their tables. */
  readonly keys: readonly (readonly string[])[];
  /** Where former files are kept; beside the new ones when undefined. */
  backupDirectory(configuration: string): string | undefined;
}
