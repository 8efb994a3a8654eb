import { readProvisionDocument } from "../../adapters/operations/provision_document/read_document.ts";
import { readDefaultHugepageSize } from "../../adapters/shared/kernel_files/default_hugepage_size.ts";
import { SysfsHugepagePools } from "../../adapters/operations/hugepages/sysfs_hugepage_pools.ts";
import { provisionUnit } from "../../adapters/operations/provision_document/provision_unit.ts";
import { kubernetesServices } from "../../adapters/operations/runtimes/distributions.ts";
import { formatKubernetesPageSize } from "../../core/values/page_size.ts";
import type { HugepagePools } from "../../core/operations/ports/hugepage_pools.ts";
import {
  defaultSizeParameter,
  kernelParameters,
} from "../../core/operations/setup_hugepages/kernel_parameters.ts";
import { planProvision, type PoolPlan } from "../../core/operations/setup_hugepages/plan.ts";
import { PromisedPages } from "../../core/operations/setup_hugepages/promised_pages.ts";
import type { HugePageProvision } from "../../core/operations/setup_hugepages/provision.ts";
import { leftOut, withNodes } from "../../core/operations/setup_hugepages/spread.ts";
import type { Topology } from "../../core/topology/topology.ts";
import { formatIdList } from "../../core/values/id_list.ts";
import { provisionPools } from "../../core/operations/setup_hugepages/provision_pools.ts";
import { cgroupPlace } from "../options/cgroup_place.ts";
import { claimedHugepages } from "./claimed_hugepages.ts";
import { outcomeTable, planTable } from "./hugepage_tables.ts";
import { readTopology, tellAssumed } from "../options/node_options.ts";
import { printLine } from "../ui/output.ts";
import { terminalLine, withProgress } from "./resize_progress.ts";
import { writeErr } from "../ui/terminal.ts";
import type { SharedOptions } from "../options/shared_options.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The flags of `setup-hugepages`. */
export interface SetupHugepagesOptions
  extends Pick<SharedOptions, "sysfsRoot" | "procfsRoot" | "cdiDir" | "cgroupMount"> {
  readonly dryRun: boolean;
  readonly rollback: boolean;
  readonly persist?: "systemd" | "kernel";
}

/** Carries a HugePageProvision out, or only shows or prints what that means. Throws {@link OperatorError}. */
export async function runSetupHugepages(file: string, options: SetupHugepagesOptions): Promise<void> {
  const provision = await readProvisionDocument(file);
  const topology = await readTopology(options);
  tellAssumed(topology);
  // What is printed is for a later boot, when there are no claims.
  const promises = options.persist === undefined ? await readPromises(options) : PromisedPages.none;
  const plans = planProvision(provision, topology, promises);
  explainLeftOut(provision, topology);
  if (options.persist !== undefined) return printPersistent(provision, topology, options.persist);
  await explainDefaultSize(provision, options);
  if (plans.length === 0) return printLine("Nothing to change: spec.pages is empty");
  if (options.dryRun) return printLine(planTable(plans));
  await carryOut(plans, options);
}

async function carryOut(plans: readonly PoolPlan[], options: SetupHugepagesOptions): Promise<void> {
  const rollBack = options.rollback ? () => readPromises(options) : undefined;
  const { outcomes, problems } = await provisionPools(plans, poolsOf(options), rollBack);
  if (outcomes.length > 0 || problems.length === 0) printLine(outcomeTable(plans, outcomes));
  if (problems.length === 0) return;
  const kept = outcomes.length === 0 || options.rollback
    ? []
    : ["The pages that were got are kept (with --rollback all would be as before)"];
  throw new OperatorError([...problems, ...kept].join("\n"));
}

function poolsOf(options: SetupHugepagesOptions): HugepagePools {
  const pools = new SysfsHugepagePools(options);
  if (!Deno.stderr.isTerminal()) return pools;
  return withProgress(pools, terminalLine((text) => void writeErr(text)));
}

async function readPromises(options: SetupHugepagesOptions): Promise<PromisedPages> {
  return PromisedPages.read(claimedHugepages({ ...options, cgroupMount: await cgroupPlace(options) }));
}

function explainLeftOut({ pages }: HugePageProvision, topology: Topology): void {
  const nodes = leftOut(topology);
  if (nodes.length === 0 || pages.every(({ numaNode }) => numaNode !== undefined)) return;
  console.error(
    `No pages are spread over NUMA node ${
      formatIdList(nodes)
    }, whose memory is not beside any CPU: name the node to ` +
      `have pages there`,
  );
}

function printPersistent(
  provision: HugePageProvision,
  topology: Topology,
  form: "systemd" | "kernel",
): void {
  if (form === "kernel") {
    printLine(kernelParameters(withNodes(provision, topology)));
    console.error(
      "Put this on the kernel's command line (with GRUB: GRUB_CMDLINE_LINUX of /etc/default/grub, then update-grub " +
        "or grub2-mkconfig) and boot. Counts for a node, as in hugepages=0:4, take Linux 5.16 or newer.",
    );
    return;
  }
  // Run from the sources, the executable is Deno.
  const executable = Deno.build.standalone ? Deno.execPath() : "/usr/local/bin/dramemory";
  printLine(provisionUnit(provision, executable, kubernetesServices).trimEnd());
  if (provision.defaultPageSize === undefined) return;
  console.error(
    `The unit cannot set spec.defaultHugepagesSize: put ${
      defaultSizeParameter(provision.defaultPageSize)
    } on the ` +
      `kernel's command line`,
  );
}

async function explainDefaultSize(
  { defaultPageSize }: HugePageProvision,
  { procfsRoot }: SetupHugepagesOptions,
): Promise<void> {
  if (defaultPageSize === undefined) return;
  const now = await readDefaultHugepageSize(procfsRoot), wanted = formatKubernetesPageSize(defaultPageSize);
  console.error(
    now === defaultPageSize
      ? `spec.defaultHugepagesSize: programs that name no size get ${wanted} already`
      : `spec.defaultHugepagesSize: programs that name no size get ${
        now ? formatKubernetesPageSize(now) : "another"
      } until ` +
        `the next boot: put ${
          defaultSizeParameter(defaultPageSize)
        } on the kernel's command line to make it ${wanted}`,
  );
}
