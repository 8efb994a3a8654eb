import { connectToCluster } from "../../adapters/driver/kubernetes/connect.ts";
import { configureLogging, log } from "../../adapters/driver/monitoring/log/log.ts";
import { LogRing } from "../../adapters/driver/monitoring/log/log_ring.ts";
import { readBootId } from "../../adapters/shared/kernel_files/boot_id.ts";
import { podUid } from "../../core/values/ids.ts";
import type { DaemonOptions } from "./daemon.ts";
import { Driver } from "./driver.ts";
import type { DriverOptions } from "./driver_options.ts";
import { JobError } from "../ui/fail.ts";
import { launch } from "./launched.ts";
import { SysfsTopology } from "../../adapters/driver/sysfs/sysfs_topology.ts";
import { readTopology } from "../options/node_options.ts";
import { requireCgroups } from "./start_checks.ts";

/** Runs the driver until SIGTERM or SIGINT; SIGHUP has it look at the node at once. Throws {@link JobError}. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const ring = new LogRing();
  await configureLogging(options.logFormat, options.v, ring);
  const [cgroupMount] = await Promise.all([
    requireCgroups(options),
    readTopology(options, new SysfsTopology(options)),
  ]);
  const driver = await failing(makeDriver({ ...options, cgroupMount, lastLines: () => ring.lines }));
  const stopped = Promise.withResolvers<void>();
  const signals = {
    SIGTERM: stopped.resolve,
    SIGINT: stopped.resolve,
    SIGHUP: () => driver.resync(),
  } as const;
  for (const [signal, handler] of Object.entries(signals)) {
    Deno.addSignalListener(signal as Deno.Signal, handler);
  }
  try {
    await failing(driver.start());
    await Promise.race([stopped.promise, driver.dismissed]);
  } finally {
    // What has started would keep the process from ending, also when something else could not start.
    await driver.stop();
  }
  for (const [signal, handler] of Object.entries(signals)) {
    Deno.removeSignalListener(signal as Deno.Signal, handler);
  }
}

async function makeDriver(
  options: DaemonOptions & Pick<DriverOptions, "cgroupMount" | "lastLines">,
): Promise<Driver> {
  const cluster = await connectToCluster({
    kubeconfig: options.kubeconfig,
    requestsPerSecond: options.kubeApiQps,
    burst: options.kubeApiBurst,
  });
  return new Driver({ ...options, ...await surroundings(options) }, cluster);
}

/** What the driver has to know of where it runs. */
async function surroundings(
  { hostnameOverride, rollingUpdate, resyncPeriod, orphanGrace, procfsRoot }: DaemonOptions,
) {
  const uid = Deno.env.get("POD_UID") ?? "";
  if (rollingUpdate && !/^[A-Za-z0-9-]+$/.test(uid)) {
    throw new JobError(
      "Cannot share the node with --rolling-update: set POD_UID to metadata.uid by the downward API",
    );
  }
  return {
    nodeName: hostnameOverride ?? Deno.hostname().trim().toLowerCase(),
    resyncMilliseconds: resyncPeriod * 1000,
    orphanGraceMilliseconds: orphanGrace * 1000,
    podUid: rollingUpdate ? podUid(uid) : undefined,
    launch: launch(),
    bootId: await failing(readBootId(procfsRoot)),
  };
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
