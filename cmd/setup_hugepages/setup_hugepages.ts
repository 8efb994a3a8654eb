import { Command, Option } from "commander";
import { sharedOption } from "../options/shared_options.ts";
import type { SetupHugepagesOptions } from "./run_setup_hugepages.ts";

const examples = `
The document:
  kind: HugePageProvision
  metadata: { name: example }
  spec:
    pages:
      - { size: 2Mi, count: 1024 }       spread over the nodes that have memory and CPUs
      - { size: 1Gi, count: 4, node: 1 } on NUMA node 1
    defaultHugepagesSize: 1G             takes a boot parameter, which is told

A count is what there shall be in all. Pools that are not named stay as they are, and so do pages that prepared
claims hold. The counts last until the machine is booted again.

Examples:
  dramemory setup-hugepages pages.yaml --dry-run     shows what would be changed
  dramemory setup-hugepages pages.yaml --rollback    all of it, or as it was before
  dramemory setup-hugepages - <pages.yaml
  dramemory setup-hugepages pages.yaml --persist systemd >/etc/systemd/system/dramemory-hugepages.service
  dramemory setup-hugepages pages.yaml --persist kernel`;

/** `dramemory setup-hugepages`: gives the node the hugepages of a document. */
export function setupHugepagesCommand(): Command {
  return new Command("setup-hugepages")
    .summary("gives the node the hugepages of a document")
    .description("Gives this node the hugepages that a HugePageProvision asks for. Needs root.")
    .argument("<file>", "the document, YAML or JSON; - for standard input")
    .option("--dry-run", "only shows the plan", false)
    .option("--rollback", "restores the former counts when the kernel gives fewer pages than wanted", false)
    .addOption(
      new Option(
        "--persist <form>",
        "changes nothing, and prints what sets the pages up at each boot: a systemd unit, or parameters of the kernel",
      ).choices(["systemd", "kernel"]).conflicts(["dryRun", "rollback"]),
    )
    .addOption(sharedOption("sysfsRoot"))
    .addOption(sharedOption("procfsRoot"))
    .addOption(sharedOption("cdiDir"))
    .addOption(sharedOption("cgroupMount", ", which tells what pods use"))
    .addHelpText("after", examples)
    .action(async (file: string, options: SetupHugepagesOptions) =>
      (await import("./run_setup_hugepages.ts")).runSetupHugepages(file, options)
    );
}
