import { Command } from "commander";
import { withSharedOptions } from "../options/shared_options.ts";
import { outputOption } from "../ui/output.ts";
import { watchOption } from "../ui/watch.ts";
import type { StatusOptions } from "./run_status.ts";
import { statusPlaces } from "./status_places.ts";

const examples = `
Examples:
  dramemory status
  dramemory status --watch                         again, whenever something changed
  dramemory status -o json | jq '.containers[] | select(.differs)'
  kubectl -n kube-system exec $(kubectl -n kube-system get pod -l app.kubernetes.io/name=dramemory \\
    --field-selector spec.nodeName=NODE -o name) -- dramemory status      in the pod of a node`;

/** `dramemory status`: the driver of this node, its claims, and whether their containers have what was promised. */
export function statusCommand(): Command {
  return withSharedOptions(new Command("status"), ...statusPlaces)
    .summary("shows the driver, its claims, and whether containers have what was promised")
    .description(
      "Asks the driver of this node how it is doing and what it has promised, and the kernel whether each container " +
        "has it. Without a driver it shows the checkpoint on disk. Needs root.",
    )
    .addOption(outputOption())
    .addOption(watchOption())
    .addHelpText("after", examples)
    .action(async (options: StatusOptions) => (await import("./run_status.ts")).runStatus(options));
}
