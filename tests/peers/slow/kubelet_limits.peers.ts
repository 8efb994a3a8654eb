/** Which limits of hugepages a pod and its containers get from the kubelet of 1.37, and what the driver adds to them. */
import assert from "node:assert/strict";
import { readPodUsage } from "../../../adapters/driver/kubernetes/pod_mapping.ts";
import { isInPodLimit } from "../../../core/claims/claim.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import { requirePeer } from "../go.ts";
import { kubeletLimits, kubeletLimitsProgram } from "../kubelet_limits/kubelet.ts";

const binary = await requirePeer(kubeletLimitsProgram);
const MiB = 1n << 20n;
const ordinary = 8n * MiB, claimed = 6n * MiB;
const resource = parseResourceName("hugepages-2m");
const limitsOf = (bytes: bigint) => ({ cpu: "1", memory: "64Mi", "hugepages-2Mi": `${bytes}` });

/** A pod of two containers, of which `main` uses a claim that the scheduler has counted. */
function podWith({ pod, main, other }: { pod?: bigint; main?: bigint; other?: bigint }) {
  const resources = (bytes: bigint | undefined) =>
    bytes === undefined ? {} : { limits: limitsOf(bytes), requests: limitsOf(bytes) };
  return {
    metadata: { name: "p", uid: "c0ffee00-0000-4000-8000-000000000000" },
    spec: {
      ...(pod === undefined ? {} : { resources: resources(pod) }),
      resourceClaims: [{ name: "pages", resourceClaimName: "pages" }],
      containers: [
        { name: "main", resources: { ...resources(main), claims: [{ name: "pages" }] } },
        { name: "other", resources: resources(other) },
      ],
    },
    status: {
      nodeAllocatableResourceClaimStatuses: [{
        resourceClaimName: "pages",
        containers: ["main"],
        mapping: [{ name: "hugepages-2Mi", quantity: `${claimed}` }],
      }],
    },
  };
}

for (const counting of [false, true]) {
  for (
    const [what, limits, ofPod, ofMain, ofOther] of [
      ["a claim alone", {}, 0n, 0n, 0n],
      ["limits of the pod itself", { pod: ordinary }, ordinary, ordinary, ordinary],
      ["limits of its container", { main: 2n * MiB }, 2n * MiB, 2n * MiB, 0n],
      ["limits of another container", { other: ordinary }, ordinary, 0n, ordinary],
      [
        "limits of the pod itself and of its container",
        { pod: ordinary, main: 4n * MiB },
        ordinary,
        4n * MiB,
        ordinary,
      ],
      [
        "limits of the pod itself and of both",
        { pod: ordinary, main: 4n * MiB, other: 4n * MiB },
        ordinary,
        4n * MiB,
        4n * MiB,
      ],
    ] as const
  ) {
    const gate = counting ? "on" : "off";
    Deno.test(`with the gate ${gate}, a claim beside ${what} is in the limits of pod and container once`, async () => {
      const pod = podWith(limits);
      const kubelet = await kubeletLimits(binary, pod, counting);
      const usage = readPodUsage(pod);
      const claim = {
        ...(counting ? { countedByKubelet: true as const } : {}),
        ...(usage.limited === undefined ? {} : { limitedByPod: usage.limited }),
      };
      const added = isInPodLimit(claim, resource) ? 0n : claimed;
      assert.equal(kubelet.pod + added, ofPod + claimed);

      // The driver gives a container what it reads here and its claims, whatever the kubelet has asked for.
      const read = Object.fromEntries(
        usage.containers.map(({ name, hugepages = [] }) => [
          name,
          hugepages.reduce((sum, { bytes }) => sum + bytes, 0n),
        ]),
      );
      assert.deepEqual(read, { main: ofMain, other: ofOther });
      assert.equal(kubelet.containers["other"], ofOther);
      const counted = counting && (ofMain === 0n || "main" in limits);
      assert.equal(kubelet.containers["main"], ofMain + (counted ? claimed : 0n));
    });
  }
}
