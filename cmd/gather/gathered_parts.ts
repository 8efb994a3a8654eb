import { join } from "node:path";
import { readHugetlbTree } from "../../adapters/operations/cgroups/hugetlb_tree.ts";
import { readKernelRelease } from "../../adapters/shared/kernel_files/kernel_release.ts";
import { programVersions } from "../../adapters/operations/host/program_versions.ts";
import { readTopologyFiles } from "../../adapters/operations/host/topology_files.ts";
import { devicesOf } from "../../core/devices/device.ts";
import { noReservedMemory } from "../../core/devices/reserved_memory.ts";
import { cgroupPlace } from "../options/cgroup_place.ts";
import { hugetlbTable, hugetlbTree } from "../cgroups/cgroup_tables.ts";
import type { GatherOptions } from "./gather_options.ts";
import { configurationParts } from "./gathered_configuration.ts";
import { driverParts } from "./gathered_driver.ts";
import { type Gathered, jsonFile, type Part, textFile } from "./gathering.ts";
import { inspectionOf } from "../inspect/inspection.ts";
import { inspectionTable } from "../inspect/inspection_table.ts";
import { assumedText, readTopology } from "../options/node_options.ts";
import { nodeChecks } from "../validate/node_checks.ts";
import { reportOf, reportTable } from "../validate/check_report.ts";
import { statusReport } from "../status/run_status.ts";
import { printedStatus, statusTable } from "../status/status_tables.ts";
import { version } from "../version.ts";

/** Everything that goes into the archive. */
export function partsOf(options: GatherOptions): Part[] {
  return [
    { name: "versions", gather: () => versions(options) },
    { name: "validate", gather: () => validateResults(options) },
    { name: "inspect", gather: () => inspection(options) },
    { name: "topology", gather: () => topologyFiles(options) },
    { name: "status", gather: () => status(options) },
    { name: "cgroups", gather: () => cgroups(options) },
    ...driverParts(options),
    ...configurationParts(options),
  ];
}

async function versions({ procfsRoot }: GatherOptions): Promise<Gathered> {
  const programs = await programVersions(["kubelet", "containerd", "crio", "runc", "crun"]);
  return {
    files: [jsonFile("versions.json", {
      dramemory: version,
      deno: Deno.version,
      architecture: Deno.build.arch,
      kernel: await readKernelRelease(procfsRoot) ?? null,
      programs: Object.fromEntries([...programs].map(([name, text]) => [name, text ?? null])),
    })],
  };
}

async function validateResults(options: GatherOptions): Promise<Gathered> {
  const report = reportOf(await nodeChecks(options));
  return { files: [jsonFile("validate.json", report), textFile("validate.txt", reportTable(report))] };
}

async function inspection(options: GatherOptions): Promise<Gathered> {
  const topology = await readTopology(options);
  // What claims hold stands in the status.
  const inspected = inspectionOf(topology, devicesOf(topology, noReservedMemory), () => undefined);
  return {
    files: [jsonFile("inspect.json", inspected), textFile("inspect.txt", inspectionTable(inspected))],
    problems: [
      ...topology.assumed.map(assumedText),
      ...topology.unreadable.map(({ path, reason }) => `Cannot read ${path}: ${reason}`),
    ],
  };
}

async function topologyFiles(options: GatherOptions): Promise<Gathered> {
  const { files, failures } = await readTopologyFiles(options);
  return {
    files: files.map(({ path, content }) => ({ path: join("topology", path), content })),
    problems: failures.map(({ message }) => message),
  };
}

async function status(options: GatherOptions): Promise<Gathered> {
  const report = await statusReport(options);
  return {
    files: [jsonFile("status.json", printedStatus(report)), textFile("status.txt", statusTable(report))],
    problems: report.problems,
  };
}

async function cgroups(options: GatherOptions): Promise<Gathered> {
  const trees = await readHugetlbTree(await cgroupPlace(options));
  return {
    files: [jsonFile("cgroups.json", hugetlbTree(trees)), textFile("cgroups.txt", hugetlbTable(trees))],
  };
}
