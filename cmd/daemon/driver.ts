import { dirname, join } from "node:path";
import { CdiCheckpoint } from "../../adapters/driver/cdi/cdi_checkpoint.ts";
import { SoleInstance } from "../../adapters/driver/cdi/instances.ts";
import { SharedInstances } from "../../adapters/driver/cdi/shared_instances.ts";
import { CgroupContainerMemory } from "../../adapters/driver/cgroup/container_memory.ts";
import { HugetlbCgroups } from "../../adapters/driver/cgroup/hugetlb_cgroups.ts";
import { LimitBaseFile } from "../../adapters/driver/cgroup/limit_base_file.ts";
import { MemoryLimitCgroups } from "../../adapters/driver/cgroup/memory_limit_cgroups.ts";
import { PodBaseFiles } from "../../adapters/driver/cgroup/pod_base_files.ts";
import { PodHugetlbCgroups } from "../../adapters/driver/cgroup/pod_hugetlb_cgroups.ts";
import { callTime } from "../../adapters/driver/kubelet/call_time.ts";
import { HealthServer } from "../../adapters/driver/kubelet/health_server.ts";
import { KubeletPlugin } from "../../adapters/driver/kubelet/kubelet_plugin.ts";
import { NodeLock } from "../../adapters/driver/kubelet/node_lock.ts";
import { socketPaths } from "../../adapters/driver/kubelet/socket_path.ts";
import { ApiClaimSource } from "../../adapters/driver/kubernetes/api_claim_source.ts";
import { ApiPodSource } from "../../adapters/driver/kubernetes/api_pod_source.ts";
import { ApiResizeSource } from "../../adapters/driver/kubernetes/api_resize_source.ts";
import type { KubernetesConnection } from "../../adapters/driver/kubernetes/connection.ts";
import { MonitoringServer } from "../../adapters/driver/monitoring/http/monitoring_server.ts";
import { EventLog } from "../../adapters/driver/monitoring/log/event_log.ts";
import { log } from "../../adapters/driver/monitoring/log/log.ts";
import { CountedClaimSource } from "../../adapters/driver/monitoring/metrics/counted_claim_source.ts";
import { CountedPodSource } from "../../adapters/driver/monitoring/metrics/counted_pod_source.ts";
import { driverMetrics } from "../../adapters/driver/monitoring/metrics/table.ts";
import { TimedContainerService } from "../../adapters/driver/monitoring/metrics/timed_container_service.ts";
import { TimedDraService } from "../../adapters/driver/monitoring/metrics/timed_dra_service.ts";
import { NriPlugin } from "../../adapters/driver/nri/nri_plugin.ts";
import { pluginTurn } from "../../adapters/driver/nri/plugin_turn.ts";
import { inheritedConnection, runtimeSocket } from "../../adapters/driver/nri/runtime_link.ts";
import { ProcessMemory } from "../../adapters/driver/process_memory/process_memory.ts";
import { SysfsHugepageCounts } from "../../adapters/driver/sysfs/sysfs_hugepage_counts.ts";
import { atMost } from "../../adapters/shared/async/at_most.ts";
import { LoopHealth } from "../../adapters/shared/async/loop_health.ts";
import type { ReconcileLoop } from "../../adapters/shared/async/reconcile_loop.ts";
import { CgroupLimits } from "../../core/claims/cgroup_limits.ts";
import { ClaimOwners } from "../../core/claims/claim_owners.ts";
import { ClaimStore } from "../../core/claims/claim_store.ts";
import { Containers } from "../../core/claims/containers.ts";
import { NodePolicies } from "../../core/claims/node_policies.ts";
import { OrdinaryHugepages } from "../../core/claims/ordinary_hugepages.ts";
import { HealthBoard } from "../../core/devices/health_board.ts";
import { DeviceInventory } from "../../core/devices/inventory.ts";
import { allOf, type Events } from "../../core/events/events.ts";
import { Readiness } from "../../core/events/readiness.ts";
import { CheckpointBusyError } from "../../core/ports/claim_checkpoint.ts";
import { AdjustContainers } from "../../core/use_cases/adjust_containers.ts";
import { ClaimLifecycle } from "../../core/use_cases/claim_lifecycle.ts";
import { CollectOrphans } from "../../core/use_cases/collect_orphans.ts";
import { CompareContainers } from "../../core/use_cases/compare_containers.ts";
import { FindFailedResizes } from "../../core/use_cases/find_failed_resizes.ts";
import { TendLimits } from "../../core/use_cases/tend_limits.ts";
import { driverName } from "../../core/values/driver.ts";
import { messageOf } from "../../core/values/message_of.ts";
import { version } from "../version.ts";
import { ClaimReporting } from "./claim_reporting.ts";
import { type DriverOptions, type DriverSettings, usualDriverOptions } from "./driver_options.ts";
import { NodeStatus } from "./node_status.ts";
import { type Part, startInOrder, stopInReverse, together } from "./parts.ts";
import { SlicePublishing } from "./slice_publishing.ts";
import {
  claimsSlackMilliseconds,
  usualBackoff,
  usualSlackMilliseconds,
  watchedLoop,
} from "./watched_loop.ts";

/**
 * The driver, wired: the core in the middle, the kubelet and the runtime calling in, the cluster, the CDI files and
 * the cgroups called upon.
 */
export class Driver {
  readonly readiness = new Readiness();
  readonly #publishing: ReconcileLoop;
  readonly #runtime: NriPlugin;
  readonly #parts: readonly Part[];

  /** The connection belongs to the driver from now on. */
  constructor(settings: DriverSettings, cluster: KubernetesConnection) {
    const options: DriverOptions = { ...usualDriverOptions, ...settings };
    const inventory = new DeviceInventory(options.nodeName);
    const memory = new ProcessMemory();
    const metrics = driverMetrics({
      store: () => store,
      inventory,
      readiness: this.readiness,
      differing: () => comparing.differing,
      build,
    });
    const loops = new LoopHealth(now);
    const stopping = new AbortController();
    const reporting = options.reportClaims
      ? new ClaimReporting(cluster, loops, { get: (uid) => store.get(uid) })
      : undefined;
    const events = allOf([
      this.readiness,
      new EventLog(log),
      metrics.events,
      memory,
      ...(reporting === undefined ? [] : [reporting]),
      // Some of the containers that the runtime has just listed may have started without a driver.
      { emit: ({ kind }) => kind === "containers-synchronized" && limiting.ask() },
    ]);
    const paths = socketPaths({
      kubeletRoot: options.kubeletRoot,
      driver: driverName,
      ...(options.podUid === undefined ? {} : { podUid: options.podUid }),
    });
    const pluginDir = dirname(paths.dra);
    const checkpoint = new CdiCheckpoint({
      directory: options.cdiDir,
      bootId: options.bootId,
      instances: options.podUid === undefined
        ? new SoleInstance()
        : new SharedInstances(join(pluginDir, "serialize.lock")),
    });
    const store = new ClaimStore(checkpoint, events);
    const owners = new ClaimOwners(store);
    const containers = new Containers(store);
    const claims = new CountedClaimSource(new ApiClaimSource(cluster), metrics);
    const podCgroups = options.cgroupMount === "" ? undefined : new HugetlbCgroups(options.cgroupMount);
    const limitsProblem = podCgroups === undefined || !options.isUnified
      ? "limits: memory is limited by cgroup v2 alone, and this node does not have all of it there, or the driver was " +
        "started without --cgroup-mount"
      : undefined;
    const policies = new NodePolicies(options.kernelRelease, limitsProblem);
    const lifecycle = new ClaimLifecycle({
      callTime,
      claims,
      pods: new CountedPodSource(new ApiPodSource(cluster), metrics),
      store,
      containers,
      inventory,
      hugepages: options.verifyFreeHugepages ? new SysfsHugepageCounts(options) : undefined,
      events,
      podCgroups,
      ordinaryHugepages: podCgroups &&
        new OrdinaryHugepages({ store, containers, pods: new PodHugetlbCgroups(options.cgroupMount), now }),
      policies,
      kubeletCounts: () => publishing.publisher.nodeAllocatable?.on === true,
    });
    const board = new HealthBoard(() => Date.now());
    const health = new HealthServer({ board });
    const publishing = new SlicePublishing({
      options,
      cluster,
      metrics,
      loops,
      inventory,
      health: { board, store },
      events,
    });
    this.#publishing = publishing.loop;
    const orphans = new CollectOrphans({ claims, store, containers, events, service: lifecycle });
    const collecting = watchedLoop(loops, {
      name: "collecting",
      turn: () => orphans.run(),
      failed: (message) => events.emit({ kind: "orphans-not-collected", message }),
      periodMilliseconds: options.orphanGrace * 1000,
      slackMilliseconds: claimsSlackMilliseconds,
    });
    const notKept = (message: string) => events.emit({ kind: "pod-limits-not-kept", message });
    const limits = new CgroupLimits({
      store,
      containers,
      podCgroups,
      podBases: new PodBaseFiles(join(pluginDir, "pod-limits"), notKept),
      ...(limitsProblem === undefined
        ? {
          memory: {
            cgroups: new MemoryLimitCgroups(options.cgroupMount),
            bases: new LimitBaseFile(join(pluginDir, "memory-limits.json"), notKept),
          },
        }
        : {}),
      events,
    });
    const adjusting = new AdjustContainers({
      store,
      owners,
      containers,
      inventory,
      policies,
      renew: (claims) => atMost(renewMilliseconds, lifecycle.prepare(claims)),
      limits,
      events,
    });
    const tending = new TendLimits({ containers, limits, podCgroups, events });
    const limiting = watchedLoop(loops, {
      name: "limiting",
      turn: () => tending.run(),
      failed: (message) => events.emit({ kind: "limits-not-written", message }),
      periodMilliseconds: limitsMilliseconds,
    });
    const restoring = watchedLoop(loops, {
      name: "restoring",
      turn: () => store.restoreAll(),
      failed: (message) => events.emit({ kind: "checkpoints-not-restored", message }),
      periodMilliseconds: options.resyncPeriod * 1000,
    });
    const comparing = new CompareContainers({
      store,
      containers,
      limitsRestored: (pod) => limits.restored(pod),
      memory: () => new CgroupContainerMemory(options.cgroupMount, options.procfsRoot),
      events,
    });
    const isComparing = options.comparePeriod > 0 && options.cgroupMount !== "";
    const comparison = watchedLoop(loops, {
      name: "comparing",
      turn: () => comparing.run(),
      failed: (message) => events.emit({ kind: "containers-not-compared", message }),
      periodMilliseconds: options.comparePeriod * 1000,
    });
    this.#runtime = new NriPlugin(
      {
        link: options.launch === undefined
          ? runtimeSocket(options.nriSocket)
          : inheritedConnection(options.launch.descriptor),
        name: options.launch?.name ?? "dramemory",
        index: options.launch?.index ?? "90",
        failClosed: options.failClosed,
        limitReservations: options.isUnified,
        onRuntime: (runtime) => void (policies.runtime = runtime),
        ...(options.podUid === undefined ? {} : { turn: pluginTurn(join(pluginDir, "nri.lock")) }),
      },
      new TimedContainerService(adjusting, metrics, now),
      events,
      usualBackoff(),
    );
    const kubelet = new KubeletPlugin({
      driver: driverName,
      paths,
      service: new TimedDraService(lifecycle, metrics, now),
      health: health.service,
      observer: {
        onRegistered: () => events.emit({ kind: "kubelet-registered" }),
        onRefused: (message) => events.emit({ kind: "kubelet-lost", message }),
        onLook: loops.watch("sockets", usualSlackMilliseconds),
        onConnection: () => memory.worked(),
        onError: ({ message }) => events.emit({ kind: "kubelet-sockets-failed", message }),
        onThrown: (error) => events.emit({ kind: "kubelet-connection-failed", message: messageOf(error) }),
      },
    });
    const monitoring = new MonitoringServer(this.readiness, loops, () => metrics.render());
    const resizes = new FindFailedResizes({
      source: new ApiResizeSource(cluster),
      shortly: (look) => atMost(statusMilliseconds, look),
      now,
    });
    const status = new NodeStatus(options, {
      readiness: this.readiness,
      inventory,
      store,
      owners,
      containers,
      limitsRestored: (pod) => limits.restored(pod),
      nodeAllocatable: () => publishing.publisher.nodeAllocatable,
    }, resizes);
    this.#parts = [
      { stop: () => cluster.close() },
      new NodeLock(join(pluginDir, "instance.lock"), options.podUid !== undefined),
      memory,
      { start: () => void monitoring.start(options.bindAddress), stop: () => monitoring.stop() },
      status,
      { start: () => publishing.publisher.refresh() },
      { start: () => recovered(store, events, stopping.signal) },
      this.#runtime,
      together([
        health,
        kubelet,
        publishing,
        collecting,
        limiting,
        restoring,
        ...(isComparing ? [comparison] : []),
        ...(reporting === undefined ? [] : [reporting]),
        { stop: () => stopping.abort() },
      ]),
    ];
  }

  /**
   * Starts everything, what the others depend on first. Resolves when the driver can answer, which is before it is
   * registered everywhere: see {@link readiness}.
   */
  async start(): Promise<void> {
    await startInOrder(this.#parts);
  }

  /** Resolves when the runtime that started this process has let go of it; never, where the driver connects by itself. */
  get dismissed(): Promise<void> {
    return this.#runtime.ended;
  }

  /** Looks at the node and at the published slices again, now. */
  resync(): void {
    this.#publishing.ask();
  }

  /**
   * Ends everything: no new calls, running ones finish, sockets go at once. A request of the loops may still be
   * waiting for the API server meanwhile; its time is bounded.
   */
  async stop(): Promise<void> {
    await stopInReverse(this.#parts);
  }
}

/**
 * How long a pod can be without its hugepages after the kubelet has taken them, and a container that started without the
 * driver when that is back.
 */
const limitsMilliseconds = 5_000;
/** Of the two seconds that a runtime waits for an answer. */
const renewMilliseconds = 1_000;
/** Of the seconds that `dramemory status` waits for an answer. */
const statusMilliseconds = 1_000;
const build = { version, deno: Deno.version.deno, arch: Deno.build.arch };
const now = () => performance.now();

/** Resolves when the store knows what is durable; an instance that holds the checkpoint is waited for. */
async function recovered(store: ClaimStore, events: Events, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await store.recover();
    } catch (error) {
      if (!(error instanceof CheckpointBusyError) || signal.aborted) throw error;
      events.emit({ kind: "checkpoint-busy", message: error.message });
    }
  }
}
