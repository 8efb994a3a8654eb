import * as v from "valibot";
import type { GoProgram } from "../go.ts";
import { JsonPeer } from "../json_peer.ts";

/** The part of the kubelet that decides on hugetlb limits. */
export const kubeletLimitsProgram: GoProgram = {
  name: "kubelet-limits",
  module: new URL("./", import.meta.url),
};

const answer = v.object({
  pod: v.optional(v.record(v.string(), v.number()), {}),
  containers: v.optional(v.record(v.string(), v.record(v.string(), v.number())), {}),
});

/** The bytes of 2 MiB pages that the kubelet gives a pod, and each of its containers, by their names. */
export async function kubeletLimits(
  binary: string,
  pod: object,
  counting: boolean,
): Promise<{ readonly pod: bigint; readonly containers: Readonly<Record<string, bigint>> }> {
  await using peer = JsonPeer.start(binary);
  const { pod: ofPod, containers } = await peer.ask({ pod, counting }, answer);
  return {
    pod: BigInt(ofPod[2 ** 21] ?? 0),
    containers: Object.fromEntries(
      Object.entries(containers).map(([name, sizes]) => [name, BigInt(sizes["2MB"] ?? 0)]),
    ),
  };
}
