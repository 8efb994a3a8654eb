import { log } from "../../adapters/driver/monitoring/log/log.ts";
import { RunDirectoryError } from "../../adapters/driver/status_socket/run_directory.ts";
import { StatusServer } from "../../adapters/driver/status_socket/status_server.ts";
import { UnixSocketError } from "../../adapters/shared/sockets/unix_socket.ts";
import { driverStatus, type StatusSources } from "../../core/status/driver_status.ts";
import type { FindFailedResizes } from "../../core/use_cases/find_failed_resizes.ts";
import type { DriverOptions } from "./driver_options.ts";
import { version } from "../version.ts";

/** Answers `dramemory status` on this node, if there is a directory for it. Nothing of the driver's work hangs on it. */
export class NodeStatus {
  readonly #server: StatusServer | undefined;

  constructor(
    { runDir, nodeName, podUid, lastLines }: DriverOptions,
    sources: StatusSources,
    resizes: Pick<FindFailedResizes, "of">,
  ) {
    if (runDir === "") return;
    const self = { version, nodeName, podUid, started: new Date().toISOString() };
    this.#server = new StatusServer({
      directory: runDir,
      instance: podUid,
      status: async () => {
        const status = driverStatus(sources);
        return { ...self, ...status, resizes: await resizes.of(status.containers) };
      },
      lastLines,
    });
  }

  /** Begins to answer, or logs why it does not. */
  async start(): Promise<void> {
    try {
      await this.#server?.start();
    } catch (error) {
      if (!(error instanceof RunDirectoryError || error instanceof UnixSocketError)) throw error;
      log.warn("dramemory status cannot ask this driver", { error: error.message });
    }
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
