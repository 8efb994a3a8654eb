import { checkpointedClaims } from "../../adapters/operations/claims/checkpointed_claims.ts";
import { CgroupContainerMemory } from "../../adapters/driver/cgroup/container_memory.ts";
import { askForStatus } from "../../adapters/operations/status/status_client.ts";
import { readBootId } from "../../adapters/shared/kernel_files/boot_id.ts";
import { claimStatus } from "../../core/status/driver_status.ts";
import { reportOn } from "../../core/status/node_report.ts";
import { cgroupPlace } from "../options/cgroup_place.ts";
import { type OutputFormat, printLine, textOf } from "../ui/output.ts";
import type { StatusPlaces } from "./status_places.ts";
import { printedStatus, type StatusReport, statusTable } from "./status_tables.ts";
import { type WatchChoice, watchOnStdout } from "../ui/watch.ts";

/** The flags of `status`. */
export interface StatusOptions extends StatusPlaces {
  readonly output: OutputFormat;
  readonly watch?: WatchChoice;
}

/** Shows the node's status, once or until interrupted. Throws {@link OperatorError}. */
export async function runStatus(options: StatusOptions): Promise<void> {
  const { output, watch } = options;
  if (watch === undefined) printLine(await look(options));
  else await watchOnStdout(() => look(options), watch, output);
}

async function look(options: StatusOptions): Promise<string> {
  const report = await statusReport(options);
  return await textOf(options.output, printedStatus(report), () => statusTable(report));
}

/** Asks the drivers of this node, or else the checkpoint, and then the kernel. Rejects with `OperatorError`. */
export async function statusReport(
  places: StatusPlaces,
): Promise<StatusReport> {
  const { runDir, cdiDir, procfsRoot } = places;
  const asked = await askForStatus(runDir);
  const instances = asked.flatMap((each) => each.kind === "answered" ? [each.answer] : []);
  // Two instances meet the same damaged checkpoints.
  const damages = new Set(instances.flatMap(({ damaged }) => damaged));
  const unknown = new Set(
    instances.flatMap(({ resizes }) =>
      resizes?.unknown === undefined ? [] : [`Cannot tell which pods are not resized: ${resizes.unknown}`]
    ),
  );
  const failures = asked.flatMap((each) => each.kind === "failed" ? [each.message] : []);
  const problems = [...failures, ...damages, ...unknown];
  const memory = new CgroupContainerMemory(await cgroupPlace(places), procfsRoot);
  if (instances.length > 0) {
    return { source: "driver", instances, problems, node: await reportOn(instances, memory) };
  }
  const { claims, damaged } = await checkpointedClaims(cdiDir, await readBootId(procfsRoot));
  const recorded = claims.map((claim) => claimStatus(claim, undefined));
  return {
    source: "checkpoint",
    instances,
    problems: [
      `No driver answers in ${runDir}: these are the claims of the checkpoint in ${cdiDir}, and their containers are not known`,
      ...problems,
      ...damaged,
    ],
    node: await reportOn([{ devices: [], claims: recorded, containers: [] }], memory),
  };
}
