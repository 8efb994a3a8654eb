import { Command } from "commander";
import { withClusterOptions } from "../options/cluster_options.ts";
import { outputOption } from "../ui/output.ts";
import type { ExplainOptions } from "./run_explain.ts";

const examples = `
Examples:
  dramemory explain my-pod                         why the pod is pending, or what it holds
  dramemory explain -A                             every pod with claims that is pending
  dramemory explain -n team claim/pages            a ResourceClaim
  dramemory explain pod.yaml                       before it is created; exit 1 when it cannot fit
  kubectl dramemory explain my-pod --context prod  as a plugin of kubectl`;

/** `dramemory explain`: why a pod or claim is where it is, or is not. */
export function explainCommand(): Command {
  return withClusterOptions(new Command("explain"))
    .summary("says why a pod or claim is pending, or what it holds and where")
    .description(
      "Judges a pod, a ResourceClaim or a manifest as the scheduler does, node by node: the first reason that rules " +
        "each node out, counted, and what would make it fit. Reads slices, claims, classes, nodes, pods and events.",
    )
    .argument(
      "[what]",
      "POD, pod/POD, claim/CLAIM, or the path of a manifest (- for stdin); all pending pods without",
    )
    .option("-n, --namespace <name>", "the namespace (default: that of the context)")
    .option("-A, --all-namespaces", "all namespaces, for their pending pods")
    .addOption(outputOption())
    .addHelpText("after", examples)
    .action(async (what: string | undefined, options: ExplainOptions) =>
      (await import("./run_explain.ts")).runExplain(what, options)
    );
}
