import { Command } from "commander";
import { outputOption } from "../ui/output.ts";
import type { CheckClaimOptions } from "./run_check_claim.ts";

const examples = `
Examples:
  dramemory check-claim                                  as the command of a container with a claim
  kubectl exec POD -- dramemory check-claim -o json      in an image that has this executable`;

/** `dramemory check-claim`: whether a container has what it claims, from within. */
export function checkClaimCommand(): Command {
  return new Command("check-claim")
    .summary("checks from within a container that it has what it claims")
    .description(
      "Run in a container with claims: takes a page of each resource that it claims, looks where the kernel put it, " +
        "and compares that, the NUMA nodes and the hugepage limits with what was promised. Exit 1 when something is " +
        "not as promised or cannot be told.",
    )
    .addOption(outputOption())
    .addHelpText("after", examples)
    .action(async (options: CheckClaimOptions) =>
      (await import("./run_check_claim.ts")).runCheckClaim(options)
    );
}
