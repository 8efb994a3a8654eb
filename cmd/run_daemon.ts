import { connectToCluster } from "../adapters/kubernetes/connect.ts";
import { configureLogging, log } from "../adapters/log/log.ts";
import type { DaemonOptions } from "./daemon.ts";
import { Driver } from "./driver.ts";
import { JobError } from "./fail.ts";
import { readTopology } from "./node_options.ts";

/** Runs the driver until SIGTERM or SIGINT; SIGHUP has it look at the node at once. Throws {@link JobError}. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  await configureLogging(options.logFormat, options.v);
  await readTopology(options);
  const nodeName = options.hostnameOverride ?? Deno.hostname().trim().toLowerCase();
  const cluster = await failing(connectToCluster({ kubeconfig: options.kubeconfig }));
  const driver = new Driver(
    { ...options, nodeName, resyncMilliseconds: options.resyncPeriod * 1000 },
    cluster,
  );
  const stopped = Promise.withResolvers<void>();
  const signals = {
    SIGTERM: stopped.resolve,
    SIGINT: stopped.resolve,
    SIGHUP: () => driver.resync(),
  } as const;
  for (const [signal, handler] of Object.entries(signals)) {
    Deno.addSignalListener(signal as Deno.Signal, handler);
  }
  await failing(driver.start());
  await stopped.promise;
  await driver.stop();
  for (const [signal, handler] of Object.entries(signals)) {
    Deno.removeSignalListener(signal as Deno.Signal, handler);
  }
}

/** What keeps the driver from starting is the operator's to mend, and told without a stack. */
async function failing<T>(starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    log.debug("start failed", { stack: cause.stack });
    throw new JobError(cause.message, { cause });
  }
}
