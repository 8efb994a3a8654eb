import { Command } from "commander";
import { drawMachine } from "../../adapters/operations/svg/machine_picture.ts";
import { UsedBytes } from "../../core/claims/used_bytes.ts";
import { devicesOf } from "../../core/devices/device.ts";
import { isLive } from "../../adapters/operations/copied_machine/is_live.ts";
import { attempt, readText } from "../../adapters/shared/kernel_files/read_file.ts";
import type { UnreadablePart } from "../../core/topology/topology.ts";
import { preparedClaims } from "../setup_hugepages/claimed_hugepages.ts";
import { UsageError } from "../ui/fail.ts";
import { type ClaimedBytes, inspectionOf } from "./inspection.ts";
import { inspectionTable } from "./inspection_table.ts";
import {
  assumedText,
  type NodeOptions,
  nodeOptions,
  readReservation,
  readTopology,
  reserved,
  reservedTexts,
} from "../options/node_options.ts";
import { type SharedOptions, withSharedOptions } from "../options/shared_options.ts";
import { type OutputFormat, outputOption, printLine, textOf } from "../ui/output.ts";
import { writeErr } from "../ui/terminal.ts";
import { type WatchChoice, watchOnStdout, watchOption } from "../ui/watch.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

const examples = `
Examples:
  dramemory inspect                      this node, as a table
  dramemory inspect --watch              the same, whenever something changed
  dramemory inspect -o svg >node.svg     a picture, for a browser
  dramemory inspect -o json | jq .devices
  dramemory inspect --sysfs-root ./copy/sys --procfs-root ./copy/proc`;

interface InspectOptions extends NodeOptions, Pick<SharedOptions, "pageSize" | "cdiDir"> {
  readonly output: OutputFormat | "svg";
  readonly watch?: WatchChoice;
}

/** `dramemory inspect`: the node as the driver sees it. */
export function inspectCommand(): Command {
  return withSharedOptions(new Command("inspect"), ...nodeOptions, "pageSize", "cdiDir")
    .summary("shows the node's memory, hugepages and distances by NUMA node")
    .description(
      "Shows the node's memory, hugepages and distances by NUMA node, the devices made of them, and how much of " +
        "those prepared claims hold.",
    )
    .addOption(outputOption("svg"))
    .addOption(watchOption())
    .addHelpText("after", examples)
    .action(inspect);
}

async function inspect({ watch, ...options }: InspectOptions): Promise<void> {
  if (watch !== undefined) return await inspectAgain(options, watch);
  const { text, assumed, problems } = await look(options);
  writeErr(assumed.map((line) => `${line}\n`).join(""));
  printLine(text);
  if (problems.length > 0) throw new OperatorError(problems.join("\n"));
}

/** What is wrong is told once, until it changes. */
async function inspectAgain(options: InspectOptions, choice: WatchChoice): Promise<void> {
  if (options.output === "svg") throw new UsageError("Cannot --watch a picture: -o svg prints one");
  let told = "";
  const lookAgain = async () => {
    const { text, assumed, problems } = await look(options);
    const toTell = [...assumed, ...problems].join("\n");
    if (options.output === "table") return [text, ...assumed, ...problems].join("\n");
    if (toTell !== told) writeErr(`${toTell}\n`);
    told = toTell;
    return text;
  };
  await watchOnStdout(lookAgain, choice, options.output);
}

/** The node now, what was assumed and what could not be seen of it. Throws {@link OperatorError} when nothing can be. */
async function look(
  options: InspectOptions,
): Promise<{ text: string; assumed: string[]; problems: string[] }> {
  const topology = await readTopology(options);
  const kept = reserved(await readReservation(options), topology, options);
  const devices = devicesOf(topology, kept.memory);
  const { claimedBytes, problem } = await claimedOf(options);
  const inspection = inspectionOf(topology, devices, claimedBytes);
  const text = options.output === "svg"
    ? drawMachine({ topology, devices, claimedBytes, caption: await captionOf(options) })
    : await textOf(options.output, inspection, () => inspectionTable(inspection));
  const assumed = [...topology.assumed.map(assumedText), ...reservedTexts(kept)];
  return { text, assumed, problems: [...topology.unreadable.map(unreadableText), ...problem] };
}

async function claimedOf(
  options: InspectOptions,
): Promise<{ claimedBytes: ClaimedBytes; problem: readonly string[] }> {
  try {
    const used = new UsedBytes(await preparedClaims(options));
    return { claimedBytes: (device) => used.of(device), problem: [] };
  } catch (cause) {
    if (!(cause instanceof OperatorError)) throw cause;
    return { claimedBytes: () => undefined, problem: [cause.message] };
  }
}

/** Which machine it is, and when this was. Of a copy its own name is told, if it is there. */
async function captionOf({ sysfsRoot, procfsRoot }: InspectOptions): Promise<string> {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  if (isLive("sysfs", sysfsRoot)) return `${Deno.hostname()} · ${now}`;
  const name = isLive("procfs", procfsRoot)
    ? undefined
    : await attempt(readText(`${procfsRoot}/sys/kernel/hostname`, (text) => text));
  return typeof name === "string" ? `a copy of ${name} · ${now}` : `a copy · ${now}`;
}

function unreadableText({ path, reason, numaNode, resource }: UnreadablePart): string {
  const lost = resource === undefined ? "" : ` (${resource} of NUMA node ${numaNode} is not published)`;
  return `Cannot read ${path}: ${reason}${lost}`;
}
