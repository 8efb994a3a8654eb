import * as v from "valibot";
import { ServerProcess } from "../server_process.ts";
import type { ApiServer } from "./api_server.ts";
import type { KubeClient } from "./kube_client.ts";

/** Starts a kube-scheduler, by its path, beside an API server. */
export function startScheduler({ kubeconfig, directory }: ApiServer, path: string): ServerProcess {
  return ServerProcess.start("kube-scheduler", directory, path, [
    `--kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    "--secure-port=0",
  ]);
}

/** Makes a Node, which is there, one that pods can be bound to as far as there is room; where it is cordoned, not. */
export async function makeReady(client: KubeClient, node: string, cordoned = false): Promise<void> {
  const path = `/api/v1/nodes/${node}`;
  const object = await client.send("GET", path) as { status: object };
  const spec = { ...(cordoned ? { unschedulable: true } : {}) };
  const written = await client.send("PUT", path, { ...object, spec }) as { status: object };
  const allocatable = { cpu: "8", memory: "16Gi", pods: "100" };
  await client.send("PUT", `${path}/status`, {
    ...written,
    status: {
      ...written.status,
      capacity: allocatable,
      allocatable,
      conditions: [{ type: "Ready", status: "True" }],
    },
  });
}

const scheduled = v.object({
  spec: v.object({ nodeName: v.optional(v.string()) }),
  status: v.object({
    conditions: v.optional(
      v.array(v.object({ type: v.string(), status: v.string(), message: v.optional(v.string(), "") })),
      [],
    ),
  }),
});

/** What the scheduler made of a pod. */
export interface SchedulerDecision {
  /** The node that it chose; undefined where it chose none. */
  readonly node?: string;
  /** Why it chose none. */
  readonly message: string;
}

/** What the scheduler made of a pod of the namespace `default`; undefined as long as it has not looked at it. */
export async function schedulerDecision(
  client: KubeClient,
  pod: string,
): Promise<SchedulerDecision | undefined> {
  const object = await client.send("GET", `/api/v1/namespaces/default/pods/${pod}`);
  const { spec, status } = v.parse(scheduled, object);
  if (spec.nodeName !== undefined) return { node: spec.nodeName, message: "" };
  const condition = status.conditions.find(({ type }) => type === "PodScheduled");
  return condition?.status === "False" ? { message: condition.message } : undefined;
}
