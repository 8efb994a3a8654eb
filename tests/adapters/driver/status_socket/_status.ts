import { claimStatus } from "../../../../core/status/driver_status.ts";
import { StatusServer } from "../../../../adapters/driver/status_socket/status_server.ts";
import type { InstanceStatus } from "../../../../adapters/protocols/status/status_document.ts";
import { containerId, podUid } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { allocationOf, deviceOf, GiB, MiB, podOf, preparedClaim, uidOf } from "../../../core/samples.ts";

const allocations = [{ ...allocationOf("hugepages-2m-numa0", 4n * MiB), shareId: "s" }];

/** A status with everything in it. */
export const fullStatus: InstanceStatus = {
  version: "1.2.3",
  nodeName: "worker-1",
  podUid: "abc",
  started: "2026-01-31T12:00:00.000Z",
  nodeAllocatable: { on: false, why: "the Node does not declare it" },
  resizes: {
    failed: [{ pod: { ...podOf(1), uid: podUid("u") }, message: "device or resource busy" }],
    unknown: "no answer",
  },
  damaged: ["Cannot read /var/run/cdi/x.json: it is cut off"],
  preconditions: {
    kubelet: { ready: true, text: "registered" },
    runtime: { ready: false, text: "away" },
    slices: { ready: true, text: "published" },
  },
  devices: [deviceOf("memory-numa1", 2n ** 62n)].map(({ name, numaNode, capacityBytes }) => (
    { name, numaNode, capacityBytes, claimedBytes: GiB }
  )),
  claims: [
    { ...claimStatus(preparedClaim(1, allocations), "app"), hugetlbfs: ["/dev/hugepages-2Mi"] },
    {
      ...claimStatus(preparedClaim(2, allocations), undefined),
      withoutMounts: "the pod has a user namespace",
    },
  ],
  containers: [{
    id: containerId("c1"),
    name: "app",
    pod: { ...podOf(1), uid: podUid("u") },
    claims: [uidOf(1)],
    podLimitsRestored: 2,
    shares: allocations.map(({ resource, numaNode, bytes }) => ({ resource, numaNode, bytes })),
    adjustment: {
      mems: "0",
      policy: { mode: "weightedInterleave", nodes: "0" },
      memory: { max: 64n * MiB, high: "max", swapMax: 0n },
      hugetlbBytes: new Map([[parsePageSize("2m"), 4n * MiB]]),
    },
  }],
};

/** Runs a test in a directory that is removed afterwards. */
export async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "dramemory-" }));
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Runs a test while servers of the named instances answer in a directory. */
export async function serving(
  directory: string,
  instances: readonly (string | undefined)[],
  test: () => Promise<void>,
  status = () => fullStatus,
): Promise<void> {
  const servers = instances.map((instance) =>
    new StatusServer({ directory, instance, status, lastLines: () => [`said by ${instance}`] })
  );
  try {
    for (const server of servers) await server.start();
    await test();
  } finally {
    for (const server of servers) await server.stop();
  }
}
