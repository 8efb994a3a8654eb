import { Command } from "commander";
import { stringify } from "yaml";
import { deviceClasses } from "../../core/devices/device_class.ts";
import {
  type NodeOptions,
  type PageSizeOptions,
  readTopology,
  tellAssumed,
  withNodeOptions,
  withPageSize,
} from "../options/node_options.ts";
import { printLine } from "../ui/output.ts";

const examples = `
Examples:
  dramemory manifests | kubectl apply -f -`;

/** `dramemory manifests`: DeviceClasses for this hardware. */
export function manifestsCommand(): Command {
  return withPageSize(withNodeOptions(new Command("manifests")))
    .summary("prints the DeviceClasses for this hardware")
    .description("Prints the DeviceClasses for this node's memory and hugepage sizes as YAML.")
    .addHelpText("after", examples)
    .action(async (options: NodeOptions & PageSizeOptions) => {
      const topology = await readTopology(options);
      tellAssumed(topology);
      const classes = deviceClasses(topology);
      printLine(classes.map((deviceClass) => stringify(deviceClass)).join("---\n").trimEnd());
    });
}
