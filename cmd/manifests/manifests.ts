import { Command } from "commander";
import { deviceClasses } from "../../core/devices/device_class.ts";
import { type NodeOptions, nodeOptions, readTopology, tellAssumed } from "../options/node_options.ts";
import { type SharedOptions, withSharedOptions } from "../options/shared_options.ts";
import { printLine, yamlOf } from "../ui/output.ts";

const examples = `
Examples:
  dramemory manifests | kubectl apply -f -`;

/** `dramemory manifests`: DeviceClasses for this hardware. */
export function manifestsCommand(): Command {
  return withSharedOptions(new Command("manifests"), ...nodeOptions, "pageSize")
    .summary("prints the DeviceClasses for this hardware")
    .description("Prints the DeviceClasses for this node's memory and hugepage sizes as YAML.")
    .addHelpText("after", examples)
    .action(async (options: NodeOptions & Pick<SharedOptions, "pageSize">) => {
      const topology = await readTopology(options);
      tellAssumed(topology);
      printLine((await Promise.all(deviceClasses(topology).map(yamlOf))).join("\n---\n"));
    });
}
