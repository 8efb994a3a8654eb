import { join } from "node:path";
import { specFiles } from "../../adapters/operations/claims/checkpointed_claims.ts";
import { journalLines } from "../../adapters/operations/host/journal.ts";
import { HostCommandError } from "../../adapters/operations/host/host_commands.ts";
import { findKubelet } from "../../adapters/operations/host/kubelet_process.ts";
import { findRuntime } from "../../adapters/operations/runtimes/find_runtime.ts";
import { runtimeNames } from "../../adapters/operations/runtimes/runtime_names.ts";
import { systemFiles } from "../../adapters/shared/files/config_files.ts";
import { runtimeHints } from "../options/runtime_place.ts";
import { askForLogs } from "../../adapters/operations/status/status_client.ts";
import { readText } from "../../adapters/shared/kernel_files/read_file.ts";
import type { GatherOptions } from "./gather_options.ts";
import { type Gathered, type GatheredFile, jsonFile, type Part, textFile } from "./gathering.ts";
import { messageOf } from "../../core/values/message_of.ts";

/** What the driver wrote: its checkpoint, and the logs of it and of those that it works with. */
export function driverParts(options: GatherOptions): Part[] {
  return [
    { name: "checkpoint", gather: () => checkpoint(options) },
    { name: "log", gather: () => driverLogs(options) },
    { name: "journal", gather: () => journals(options) },
  ];
}

async function checkpoint({ cdiDir }: GatherOptions): Promise<Gathered> {
  const files: GatheredFile[] = [], problems: string[] = [];
  for (const name of await specFiles(cdiDir)) {
    try {
      files.push(
        jsonFile(join("checkpoint", name), JSON.parse(await readText(join(cdiDir, name), (text) => text))),
      );
    } catch (error) {
      problems.push(`${name}: ${messageOf(error)}`);
    }
  }
  return { files, problems };
}

/** Of the services that the kubelet and its runtime are in, and of their usual ones where these are not seen. */
async function journals(options: GatherOptions): Promise<Gathered> {
  const kubelet = (await findKubelet(options.procfsRoot))?.service ?? "kubelet";
  const found = await findRuntime(await runtimeHints(options), systemFiles);
  const runtime = found.kind === "found" ? found.services : runtimeNames;
  const files: GatheredFile[] = [], problems: string[] = [];
  for (const service of new Set([kubelet, ...runtime])) {
    try {
      const lines = await journalLines(service);
      if (lines.length > 0) files.push(textFile(`logs/${service}.log`, lines.join("\n")));
    } catch (error) {
      if (!(error instanceof HostCommandError)) throw error;
      problems.push(error.message);
    }
  }
  return { files, problems };
}

async function driverLogs({ runDir }: GatherOptions): Promise<Gathered> {
  const asked = await askForLogs(runDir);
  return {
    files: asked.flatMap((each) =>
      each.kind === "answered" ? [textFile(`logs/dramemory-${each.instance}.log`, each.answer.trimEnd())] : []
    ),
    problems: asked.length === 0
      ? [`no driver answers in ${runDir}`]
      : asked.flatMap((each) => each.kind === "failed" ? [each.message] : []),
  };
}
