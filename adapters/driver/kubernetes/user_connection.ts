import { join } from "node:path";
import { connectBy } from "./connect.ts";
import type { KubernetesConnection } from "./connection.ts";
import { ServiceAccount } from "./service_account.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** How somebody at a terminal says which cluster is meant. */
export interface UserAccessOptions {
  /** A kubeconfig file. */
  readonly kubeconfig?: string | undefined;
  /** A context of it; its current one by default. */
  readonly context?: string | undefined;
}

/** The cluster that is meant, and the namespace that its context is in. */
export interface UserConnection {
  readonly connection: KubernetesConnection;
  readonly namespace: string;
}

/** More than a page of large objects takes from far away. */
const timeoutMilliseconds = 30_000;

/**
 * Connects as kubectl does: by the kubeconfig that is named, or those of `KUBECONFIG` together, or `~/.kube/config`, or
 * the service account where none of them is there and this is a pod. Throws {@link OperatorError}.
 */
export async function connectAsUser({ kubeconfig, context }: UserAccessOptions): Promise<UserConnection> {
  const { Kubeconfig } = await import("./kubeconfig.ts");
  const access = kubeconfig === undefined
    ? await Kubeconfig.readAll(usualFiles(), context)
    : await Kubeconfig.read(kubeconfig, context);
  if (access === undefined && !Deno.env.get("KUBERNETES_SERVICE_HOST")) {
    throw new OperatorError(
      `Cannot find a cluster: there is no ${usualFiles().join(" and no ")}, and this is no pod ` +
        "(name a kubeconfig with --kubeconfig)",
    );
  }
  return {
    connection: await connectBy(access ?? new ServiceAccount(), { timeoutMilliseconds }),
    namespace: access?.namespace ?? "default",
  };
}

/** The files that kubectl would read. Any of them may be missing. */
function usualFiles(): string[] {
  const named = (Deno.env.get("KUBECONFIG") ?? "").split(":").filter((file) => file !== "");
  return named.length > 0 ? named : [join(Deno.env.get("HOME") ?? "/", ".kube/config")];
}
