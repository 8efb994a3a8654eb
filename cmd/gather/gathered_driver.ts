import { join } from "node:path";
import { specFiles } from "../../adapters/operations/claims/checkpointed_claims.ts";
import { journalLines } from "../../adapters/operations/host/journal.ts";
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
    ...["kubelet", "containerd", "crio"].map((service) => ({
      name: `journal of ${service}`,
      gather: async () => {
        const lines = await journalLines(service);
        return { files: lines.length === 0 ? [] : [textFile(`logs/${service}.log`, lines.join("\n"))] };
      },
    })),
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
