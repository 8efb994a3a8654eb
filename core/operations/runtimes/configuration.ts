import type { ConfigChange, ConfigTable } from "../../values/config_table.ts";
import { OperatorError } from "../../values/operator_error.ts";

/** A file of a runtime's configuration. The runtime reads several and merges them. */
export interface ConfigLayer {
  readonly path: string;
  readonly table: ConfigTable;
}

/** The changes of one file. */
export interface FileChanges {
  readonly path: string;
  readonly changes: readonly ConfigChange[];
}

/** A runtime's configuration cannot be set up. The message says why and what helps. */
export class RuntimeConfigError extends OperatorError {
  override name = "RuntimeConfigError";
}
