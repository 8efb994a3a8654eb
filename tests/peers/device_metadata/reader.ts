import * as v from "valibot";
import type { GoProgram } from "../go.ts";
import { JsonPeer } from "../json_peer.ts";

/** Kubernetes' own reader of device metadata. */
export const metadataReaderProgram: GoProgram = {
  name: "device-metadata",
  module: new URL("./", import.meta.url),
};

const answer = v.object({
  version: v.exactOptional(v.string()),
  metadata: v.exactOptional(v.record(v.string(), v.unknown())),
  error: v.exactOptional(v.string()),
});

/** What the reader makes of the text of a file, valid or with the reason why not. */
export async function readMetadata(binary: string, text: string): Promise<v.InferOutput<typeof answer>> {
  await using peer = JsonPeer.start(binary);
  return await peer.ask({ text }, answer);
}
