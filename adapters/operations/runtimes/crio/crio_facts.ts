import type { RuntimeSettings } from "../../../../core/operations/ports/node_facts.ts";
import { ConfigFileError, type ConfigFiles } from "../../../shared/files/config_files.ts";
import { TomlError } from "../../../shared/toml/toml_text.ts";
import { crioStates } from "./crio_setup.ts";

/** What the driver needs of CRI-O, as its files below a directory have it. Never rejects for what is there. */
export async function readCrioSettings(directory: string, files: ConfigFiles): Promise<RuntimeSettings> {
  try {
    return { kind: "known", states: await crioStates(directory, false, files) };
  } catch (error) {
    if (error instanceof ConfigFileError) return { kind: "unknown", reason: error.message };
    if (error instanceof TomlError) return { kind: "unusable", reason: error.message };
    throw error;
  }
}
