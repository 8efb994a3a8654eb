import type { RuntimeFacts } from "../../../core/operations/ports/node_facts.ts";
import type { ConfigFiles } from "../../shared/files/config_files.ts";
import type { RuntimeVersion } from "../../../core/operations/runtimes/runtime_version.ts";
import { findRuntime, type RuntimeHints } from "./find_runtime.ts";
import { restartText, setupCommand } from "./remedies.ts";

/** What is read of the machine. */
export interface RuntimeSources {
  readonly files: ConfigFiles;
  /** The version that a program says, asked with these arguments where it has any for that. */
  readonly version: (
    program: string,
    versionArguments: readonly string[] | undefined,
  ) => Promise<RuntimeVersion | undefined>;
}

/**
 * Finds a node's runtime, its version and its configuration, see {@link findRuntime}. Never rejects for what is there.
 */
export async function readRuntimeFacts(
  hints: RuntimeHints,
  { files, version: versionOf }: RuntimeSources,
): Promise<RuntimeFacts> {
  const found = await findRuntime(hints, files);
  if (found.kind !== "found") return found;
  const { runtime, configuration, program, flags } = found;
  const version = await versionOf(program, runtime.versionArguments);
  const settings = await runtime.settings(configuration, version, files, flags);
  const configured = settings.kind === "known" ? settings.ociRuntime : undefined;
  return {
    kind: "found",
    name: runtime.name,
    program,
    oldest: runtime.oldest,
    ociRuntimes: configured === undefined ? runtime.ociRuntimes : [configured],
    ...(runtime.policiesSince === undefined ? {} : { policiesSince: runtime.policiesSince }),
    version,
    settings,
    setup: setupCommand(found),
    restart: restartText(found),
  };
}
