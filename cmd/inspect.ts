import { Command, Option } from "commander";
import { devicesOf } from "../core/devices/device.ts";
import { JobError } from "./fail.ts";
import { inspectionOf, inspectionTable } from "./inspection.ts";
import { type NodeOptions, readTopology, withNodeOptions } from "./node_options.ts";
import { type OutputFormat, parseOutputFormat, print } from "./output.ts";

const examples = `
Examples:
  dramemory inspect                      this node, as a table
  dramemory inspect -o json | jq .devices
  dramemory inspect --sysfs-root ./copy/sys --procfs-root ./copy/proc`;

/** `dramemory inspect`: the node as the driver sees it. */
export function inspectCommand(): Command {
  return withNodeOptions(new Command("inspect"))
    .description(
      "Shows the node's memory, hugepages and distances by NUMA node, and the devices made of them.",
    )
    .addOption(
      new Option("-o, --output <format>", "table, json or yaml").argParser(parseOutputFormat).default(
        "table",
      ),
    )
    .addHelpText("after", examples)
    .action(inspect);
}

async function inspect(options: NodeOptions & { output: OutputFormat }): Promise<void> {
  const topology = await readTopology(options);
  const devices = devicesOf(topology, options.reservedMemory);
  const inspection = inspectionOf(topology, devices);
  print(options.output, inspection, () => inspectionTable(inspection));
  if (topology.unreadable.length > 0) {
    const parts = topology.unreadable.map(({ path, reason, numaNode, resource }) => {
      const lost = resource === undefined ? "" : ` (${resource} of NUMA node ${numaNode} is not published)`;
      return `Cannot read ${path}: ${reason}${lost}`;
    });
    throw new JobError(parts.join("\n"));
  }
}
