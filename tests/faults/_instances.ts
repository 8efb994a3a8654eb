import assert from "node:assert/strict";
import { DraClient } from "../../adapters/simulator/kubelet/dra_client.ts";
import type { PrepareOutcome, RequestedClaim } from "../../core/ports/dra_service.ts";
import type { TestedDriver } from "./_tested_driver.ts";
import { onNode, type TestedNode } from "./tested_node.ts";

const oldPod = "11111111-1111-4111-8111-111111111111", newPod = "22222222-2222-4222-8222-222222222222";

/** Runs a test on a node where the kubelet knows an old and a new instance, of which it calls the new one. */
export async function duringUpdate(
  test: (node: TestedNode, former: TestedDriver, young: TestedDriver) => Promise<void>,
): Promise<void> {
  await onNode((node) => updating(node, (former, young) => test(node, former, young)));
}

/** Starts both instances on a node, for a test. */
export async function updating(
  node: TestedNode,
  test: (former: TestedDriver, young: TestedDriver) => Promise<void>,
): Promise<void> {
  const flags = { "rolling-update": "" };
  const former = node.startDriver(flags, { POD_UID: oldPod });
  await former.ready();
  const young = node.startDriver(flags, { POD_UID: newPod });
  await young.said("registered with the kubelet");
  await young.said("slices");
  await test(former, young);
}

/** Both instances, to be called past the kubelet's choice. */
export async function withInstances(
  { cluster: { paths } }: TestedNode,
  test: (former: Instance, young: Instance) => Promise<void>,
): Promise<void> {
  const clients = [oldPod, newPod].map((uid) =>
    new DraClient(`${paths.kubeletRoot}/plugins/dra.memory/dra-${uid}.sock`)
  );
  const [former, young] = clients.map(instanceOf);
  assert.ok(former && young);
  try {
    await test(former, young);
  } finally {
    for (const client of clients) await client.close();
  }
}

/** One instance's calls. */
export interface Instance {
  readonly prepare: (claim: RequestedClaim) => Promise<PrepareOutcome>;
  readonly unprepare: (claim: RequestedClaim) => Promise<void>;
}

function instanceOf(client: DraClient): Instance {
  return {
    prepare: async (claim) => {
      const outcome = (await client.prepare("v1", [claim])).get(claim.uid);
      return outcome ?? assert.fail("no answer");
    },
    unprepare: async (claim) => {
      const outcome = (await client.unprepare("v1", [claim])).get(claim.uid);
      assert.deepEqual(outcome, { kind: "unprepared" });
    },
  };
}
