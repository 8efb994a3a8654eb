import { connectToCluster } from "../../adapters/driver/kubernetes/connect.ts";
import { configureLogging, log, type LogFormat } from "../../adapters/driver/monitoring/log/log.ts";
import { LogRing } from "../../adapters/driver/monitoring/log/log_ring.ts";
import { readKernelRelease } from "../../adapters/shared/kernel_files/kernel_release.ts";
import { readBootId } from "../../adapters/shared/kernel_files/boot_id.ts";
import { podUid } from "../../core/values/ids.ts";
import { Driver } from "./driver.ts";
import type { DriverOptions } from "./driver_options.ts";
import { launch } from "./launched.ts";
import { SysfsTopology } from "../../adapters/driver/sysfs/sysfs_topology.ts";
import { type NodeOptions, readReservation, readTopology, reserved } from "../options/node_options.ts";
import type { Reservation } from "../../core/devices/reservation.ts";
import { requireCgroups, tellMissingKubelet } from "./start_checks.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The flags of the driver. */
export interface DaemonOptions extends
  Omit<
    DriverOptions,
    | "nodeName"
    | "bootId"
    | "kernelRelease"
    | "reservation"
    | "cgroupMount"
    | "isUnified"
    | "lastLines"
    | "launch"
    | "podUid"
  >,
  NodeOptions {
  readonly kubeconfig?: string;
  readonly hostnameOverride?: string;
  /** Undefined to find the hierarchy, empty where pods' limits are left alone. */
  readonly cgroupMount?: string;
  readonly rollingUpdate: boolean;
  readonly kubeApiQps: number;
  readonly kubeApiBurst: number;
  readonly logFormat: LogFormat;
  readonly v: number;
}

/** Runs the driver until SIGTERM or SIGINT; SIGHUP has it look at the node at once. Throws {@link OperatorError}. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const ring = new LogRing();
  await configureLogging(options.logFormat, options.v, ring);
  const [cgroups, reservation] = await Promise.all([
    requireCgroups(options),
    requireReservation(options),
    tellMissingKubelet(options),
  ]);
  const driver = await failing(
    makeDriver({ ...options, ...cgroups, reservation, lastLines: () => ring.lines }),
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
  try {
    await Promise.race([stopped.promise, failing(driver.start())]);
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
  options: DaemonOptions & Pick<DriverOptions, "cgroupMount" | "isUnified" | "reservation" | "lastLines">,
): Promise<Driver> {
  const cluster = await connectToCluster({
    kubeconfig: options.kubeconfig,
    requestsPerSecond: options.kubeApiQps,
    burst: options.kubeApiBurst,
  });
  return new Driver({ ...options, ...await surroundings(options) }, cluster);
}

/** What is to be kept from claims, after a first look at the node. Throws {@link OperatorError}. */
async function requireReservation(options: DaemonOptions): Promise<Reservation> {
  const topology = await readTopology(options, new SysfsTopology(options));
  const reservation = await readReservation(options);
  reserved(reservation, topology, options);
  return reservation;
}

/** What the driver has to know of where it runs. */
async function surroundings({ hostnameOverride, rollingUpdate, procfsRoot }: DaemonOptions) {
  const uid = Deno.env.get("POD_UID") ?? "";
  if (rollingUpdate && !/^[A-Za-z0-9-]+$/.test(uid)) {
    throw new OperatorError(
      "Cannot share the node with --rolling-update: set POD_UID to metadata.uid by the downward API",
    );
  }
  return {
    nodeName: hostnameOverride ?? Deno.hostname().trim().toLowerCase(),
    podUid: rollingUpdate ? podUid(uid) : undefined,
    launch: launch(),
    bootId: await failing(readBootId(procfsRoot)),
    kernelRelease: await readKernelRelease(procfsRoot),
  };
}

/** What keeps the driver from starting is the operator's to mend, and told without a stack. */
async function failing<T>(starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    log.debug("start failed", { stack: cause.stack });
    throw new OperatorError(cause.message, { cause });
  }
}
