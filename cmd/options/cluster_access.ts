import { ApiReader } from "../../adapters/driver/kubernetes/api_reader.ts";
import { connectAsUser } from "../../adapters/driver/kubernetes/user_connection.ts";
import { ClusterReader } from "../../adapters/operations/cluster/cluster_reader.ts";
import type { ClusterApi } from "../../core/operations/ports/cluster_api.ts";
import { QuantityError } from "../../core/values/quantity.ts";
import { ReadingProgress } from "../ui/reading_progress.ts";
import type { ClusterOptions } from "./cluster_options.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** A cluster that can be read, and the namespace that is meant. */
export interface OpenCluster {
  readonly api: ClusterApi;
  readonly reader: ClusterReader;
  readonly namespace: string;
  readonly progress: ReadingProgress;
}

/**
 * Does something with the cluster that the options name, and tells the progress of long lists on a terminal. Throws
 * {@link OperatorError} for whatever keeps it from being reached or read.
 */
export async function withCluster<T>(
  options: ClusterOptions,
  work: (cluster: OpenCluster) => Promise<T>,
): Promise<T> {
  using progress = new ReadingProgress();
  try {
    const { connection, namespace } = await connectAsUser(options);
    try {
      const api = new ApiReader(connection), reader = new ClusterReader(api, progress.report);
      return await work({ api, reader, namespace: options.namespace ?? namespace, progress });
    } finally {
      connection.close();
    }
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new OperatorError(cause.message, { cause });
  }
}
