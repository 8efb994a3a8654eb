import type { SimulatedCluster } from "../../adapters/simulator/simulated_cluster.ts";
import type { PodReference } from "../../core/claims/claim.ts";
import { type Device, devicesOf } from "../../core/devices/device.ts";
import { noReservedMemory } from "../../core/devices/reserved_memory.ts";
import { driverName } from "../../core/values/driver.ts";
import { formatCgroupPageSize } from "../../core/values/page_size.ts";
import { humanBytes } from "../../core/values/human_bytes.ts";
import { formatQuantity, parseQuantity } from "../../core/values/quantity.ts";
import { memoryResource } from "../../core/values/resource_name.ts";
import type { Topology } from "../../core/topology/topology.ts";
import { deviceToShow } from "./device_to_show.ts";
import { createClaim, createDeviceClasses, createPod, listSlices } from "./demo_objects.ts";
import { type DemoReport, reportIndent } from "./demo_report.ts";
import type { Driver } from "../daemon/driver.ts";
import { inspectionOf } from "../inspect/inspection.ts";
import { inspectionTable } from "../inspect/inspection_table.ts";
import { columns } from "../ui/output.ts";

/** What the demo plays with. */
export interface DemoStage {
  readonly report: DemoReport;
  readonly cluster: SimulatedCluster;
  /** Not started yet. */
  readonly driver: Driver;
  readonly topology: Topology;
  readonly nodeName: string;
}

const namespace = "default";
const claimName = "fast-memory";

/** Plays one claim from the node's memory to the container's limits and back, checking each step. */
export async function playDemo(stage: DemoStage): Promise<void> {
  const { report, driver } = stage;
  const devices = showNode(stage);
  try {
    await publish(stage, devices);
    const claim = await allocate(stage, devices);
    const cdiDevices = await prepare(stage, claim);
    await runContainers(stage, claim, cdiDevices);
    await unprepare(stage, claim);
  } finally {
    await driver.stop();
  }
  await cleanUp(stage);
  report.done();
}

interface AllocatedClaim {
  readonly pod: PodReference;
  readonly uid: string;
  readonly device: Device;
  readonly size: bigint;
}

function showNode({ report, topology }: DemoStage): Device[] {
  report.step("The node, from its sysfs");
  const devices = devicesOf(topology, noReservedMemory);
  report.show(inspectionTable(inspectionOf(topology, devices, () => 0n), reportIndent));
  const count = devices.length === 1 ? "1 device is" : `${devices.length} devices are`;
  report.check(`${count} there to be given to claims`, devices.length > 0);
  return devices;
}

async function publish({ report, cluster, driver, topology }: DemoStage, devices: Device[]): Promise<void> {
  report.step("The driver starts, registers and publishes ResourceSlices");
  await createDeviceClasses(cluster.client, topology);
  await driver.start();
  const { versions } = await cluster.kubelet.registered(driverName);
  report.check(
    `the kubelet registered the driver and will call its service ${versions[0]}`,
    versions[0] === "v1",
  );
  const plugin = await cluster.runtime.pluginConnected();
  report.check(
    `the container runtime synchronized with the NRI plugin ${plugin}`,
    plugin.endsWith(driverName.replace(".", "")),
  );
  const slices = await waitFor("every slice to be published", async () => {
    const found = await listSlices(cluster.client);
    return found.flatMap(({ devices }) => devices).length === devices.length ? found : undefined;
  });
  // In the order of the first step: pools are published side by side.
  const names = devices.map(({ name }) => name);
  const published = slices.flatMap(({ pool, devices }) =>
    devices.map(({ name, capacity }) => [pool.name, name, sizeOf(capacity["size"]?.value)] as const)
  ).toSorted(([, one], [, other]) => names.indexOf(one) - names.indexOf(other));
  report.show(columns([["POOL", "DEVICE", "SIZE"], ...published], reportIndent));
  report.check("the API server holds a slice for each pool", slices.length > 0);
}

async function allocate({ report, cluster }: DemoStage, devices: Device[]): Promise<AllocatedClaim> {
  const device = deviceToShow(devices);
  if (device === undefined) throw new Error("Cannot show a claim: there is no device");
  const wanted = device.resource === memoryResource ? 256n << 20n : 32n * device.pageSize;
  const size = wanted < device.capacityBytes ? wanted : device.capacityBytes;
  report.step(`A claim for ${formatQuantity(size)} of ${device.resource} on NUMA node ${device.numaNode}`);
  await createClaim(cluster.client, {
    namespace,
    name: claimName,
    request: requestName(device),
    device,
    size,
  });
  const pod = await createPod(cluster.client, {
    namespace,
    name: "database",
    container: "server",
    claimName,
  });
  const { metadata, status } = await cluster.scheduler.schedule(namespace, claimName, pod);
  const [result] = status?.allocation?.devices.results ?? [];
  report.show(`${result?.pool} / ${result?.device}: ${result?.consumedCapacity["size"]}`);
  report.check(`the scheduler allocated ${device.name} to pod ${pod.name}`, result?.device === device.name);
  return { uid: metadata.uid, pod, device, size };
}

async function prepare({ report, cluster }: DemoStage, { uid }: AllocatedClaim): Promise<string[]> {
  report.step("The kubelet has the claim prepared");
  const answers = await cluster.kubelet.prepare(driverName, [{ namespace, name: claimName, uid }]);
  const answer = answers.get(uid);
  if (answer?.kind === "failed") report.show(answer.message);
  const prepared = answer?.kind === "prepared" ? answer.devices : [];
  const cdiDevices = prepared.flatMap(({ cdiDeviceIds }) => cdiDeviceIds);
  report.check(`the driver answered with CDI device ${cdiDevices.join(", ")}`, cdiDevices.length === 1);
  const [file, ...others] = specFiles(cluster.paths.cdiDir);
  report.show(file ?? "");
  const { devices } = JSON.parse(await Deno.readTextFile(`${cluster.paths.cdiDir}/${file}`));
  report.show(JSON.stringify(devices, undefined, 2));
  report.check("the CDI directory holds the claim's file and nothing else", others.length === 0);
  return cdiDevices;
}

async function runContainers(
  { report, cluster, topology }: DemoStage,
  { pod, device, size }: AllocatedClaim,
  cdiDevices: string[],
): Promise<void> {
  report.step("The runtime creates the pod's container");
  const { runtime, cgroups } = cluster;
  const sandbox = await runtime.runPod(pod);
  const container = await runtime.createContainer(sandbox, { name: "server", cdiDevices });
  const shown = container.environment.filter((entry) => /^[A-Z_][A-Z0-9_]*=/.test(entry));
  report.show(shown.join("\n"));
  report.check(
    "the container's environment says what it holds, by names that every shell keeps",
    shown.includes(`DRAMEMORY_MEMORY_${requestName(device).toUpperCase()}_NUMA_NODES=${device.numaNode}`),
  );
  const podCgroup = sandbox.linux?.cgroupParent ?? "";
  const hugepages = device.resource !== memoryResource;
  const files = [
    "cpuset.mems",
    ...topology.hugepageSizes.map((page) => `hugetlb.${formatCgroupPageSize(page)}.max`),
  ];
  const rows = await Promise.all(files.map(async (file) => [
    file,
    await cgroups.read(podCgroup, file) || "(any)",
    await cgroups.read(container.cgroup, file),
  ]));
  report.show(columns([["CGROUP FILE", "POD", "CONTAINER"], ...rows], reportIndent));
  const mems = await cgroups.read(container.cgroup, "cpuset.mems");
  report.check(
    `the container's memory comes from NUMA node ${device.numaNode} alone`,
    mems === `${device.numaNode}`,
  );
  if (hugepages) {
    const file = `hugetlb.${formatCgroupPageSize(device.pageSize)}.max`;
    const limits = await Promise.all(
      [podCgroup, container.cgroup].map((cgroup) => cgroups.read(cgroup, file)),
    );
    report.check(
      `container and pod may use ${formatQuantity(size)} of it, and no more`,
      limits.every((limit) => limit === `${size}`),
    );
  }

  report.step("A second container of the pod tries to use the same claim");
  const refusal = await runtime.createContainer(sandbox, { name: "sidecar", cdiDevices })
    .then(() => "", (error: Error) => error.message);
  report.show(refusal);
  report.check("the driver refused it, and said why", refusal.includes("owned by container server"));
  await runtime.removePod(sandbox);
}

async function unprepare({ report, cluster }: DemoStage, { uid }: AllocatedClaim): Promise<void> {
  report.step("The pod is gone, the kubelet has the claim unprepared");
  await cluster.kubelet.unprepare(driverName, [{ namespace, name: claimName, uid }]);
  const left = specFiles(cluster.paths.cdiDir);
  report.check("the CDI file is gone", left.length === 0);
}

async function cleanUp({ report, cluster }: DemoStage): Promise<void> {
  report.step("The driver is stopped");
  const sockets = [];
  for (const directory of ["plugins/dra.memory", "plugins_registry"]) {
    const path = `${cluster.paths.kubeletRoot}/${directory}`;
    for await (const { name } of Deno.readDir(path)) {
      if ((await Deno.lstat(`${path}/${name}`)).isSocket) sockets.push(name);
    }
  }
  report.check("its sockets are gone", sockets.length === 0);
}

/** Tries until there is a result, for at most ten seconds. */
async function waitFor<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const result = await attempt();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Gave up waiting for ${what}`);
}

/** An amount as the node was shown with. */
function sizeOf(quantity: string | undefined): string {
  return quantity === undefined ? "" : humanBytes(Number(parseQuantity(quantity)));
}

/** The files that a runtime reads there: not those in directories below, which are mounted into containers. */
function specFiles(cdiDir: string): string[] {
  return [...Deno.readDirSync(cdiDir)].filter(({ isFile }) => isFile).map(({ name }) => name);
}

/** What the claim calls its request of a device. */
function requestName({ resource }: Device): string {
  return resource === memoryResource ? "ram" : "pages";
}
