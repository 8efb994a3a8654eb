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
 * Connects as kubectl does: by the kubeconfig that is named, or those of `KUBECONFIG`, or `~/.kube/config`, or the
 * service account where this is a pod. Of several files the first counts that has the context, or a current one.
 * Throws {@link OperatorError}.
 */
export async function connectAsUser({ kubeconfig, context }: UserAccessOptions): Promise<UserConnection> {
  const files = kubeconfig === undefined ? await usualFiles() : [kubeconfig];
  if (files.length === 0) {
    if (!Deno.env.get("KUBERNETES_SERVICE_HOST")) {
      throw new OperatorError(
        "Cannot find a cluster: KUBECONFIG is not set, there is no ~/.kube/config, and this is no pod " +
          "(name a kubeconfig with --kubeconfig)",
      );
    }
    return {
      connection: await connectBy(new ServiceAccount(), { timeoutMilliseconds }),
      namespace: "default",
    };
  }
  const { Kubeconfig } = await import("./kubeconfig.ts");
  const failures: OperatorError[] = [];
  for (const file of files) {
    try {
      const access = await Kubeconfig.read(file, context);
      return {
        connection: await connectBy(access, { timeoutMilliseconds }),
        namespace: access.namespace ?? "default",
      };
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      failures.push(error);
    }
  }
  throw new OperatorError(failures.map(({ message }) => message).join("; "), { cause: failures });
}

/** The files that kubectl would read, of which `~/.kube/config` need not be there. */
async function usualFiles(): Promise<string[]> {
  const named = (Deno.env.get("KUBECONFIG") ?? "").split(":").filter((file) => file !== "");
  if (named.length > 0) return named;
  const file = join(Deno.env.get("HOME") ?? "/", ".kube/config");
  try {
    return (await Deno.stat(file)).isFile ? [file] : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
