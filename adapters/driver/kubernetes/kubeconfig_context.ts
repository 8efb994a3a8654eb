import { dirname, join } from "node:path";
import { OperatorError } from "../../../core/values/operator_error.ts";
import type { ClusterEntry, ExecEntry, KubeconfigFile, UserEntry } from "./kubeconfig_file.ts";

/** A certificate, a key or a token: as it stands in the file, or the path of the file that has it. */
export type Source = { readonly text: string } | { readonly path: string };

/** How a program is called that provides credentials (kubernetes.io, "Client authentication"). */
export interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** Told to whom the program is missing. */
  readonly installHint: string;
  /** What the program is to know of the cluster; undefined for nothing. */
  readonly cluster: { readonly server: string; readonly "certificate-authority-data"?: string } | undefined;
}

/** What a context of a kubeconfig says. */
export interface CurrentContext {
  readonly server: string;
  /** Where it has one. */
  readonly namespace: string | undefined;
  readonly authority: Source | undefined;
  readonly certificate: Source | undefined;
  readonly key: Source | undefined;
  readonly token: Source | undefined;
  readonly exec: ExecConfig | undefined;
}

/** Versions of how a program is called and answers. */
const execVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/**
 * Reads the current context of kubeconfig files, or the wanted one. Of several files the first that has a context,
 * cluster or user of a name counts, and the first that names a current context (client-go's `ClientConfigLoadingRules`).
 * Refuses what cannot work, and what would be ignored without a word. Throws {@link OperatorError}.
 */
export function currentContext(files: readonly KubeconfigFile[], wanted?: string): CurrentContext {
  const all = files.map(({ path }) => path).join(":");
  const current = wanted ??
    (files.map(({ content }) => content["current-context"]).find((name) => name !== "") ?? "");
  const context = named(files, "contexts", current)?.entry.context ??
    refuse(
      all,
      wanted === undefined
        ? "it has no current context (choose one with kubectl config use-context)"
        : `it has no context ${wanted} (kubectl config get-contexts shows those that it has)`,
    );
  const { path: clusterPath, entry: { cluster } } = named(files, "clusters", context.cluster) ??
    refuse(all, `its context ${current} names no cluster that is there`);
  const { path: userPath, entry: { user } } = named(files, "users", context.user) ??
    refuse(all, `its context ${current} names no user that is there`);
  checkCluster(cluster, clusterPath);
  if (user) checkUser(user, userPath);
  // Of both, client-go takes the file.
  const tokenFile = source(userPath, undefined, user?.tokenFile);
  return {
    server: cluster.server.replace(/\/+$/, ""),
    namespace: context.namespace === "" ? undefined : context.namespace,
    authority: source(clusterPath, cluster["certificate-authority-data"], cluster["certificate-authority"]),
    certificate: source(userPath, user?.["client-certificate-data"], user?.["client-certificate"]),
    key: source(userPath, user?.["client-key-data"], user?.["client-key"]),
    token: tokenFile ?? (user?.token ? { text: user.token } : undefined),
    exec: user?.exec ? execOf(user.exec, cluster, dirname(userPath)) : undefined,
  };
}

/** The first entry of a name, and the file that it stands in. */
function named<K extends "clusters" | "users" | "contexts">(
  files: readonly KubeconfigFile[],
  kind: K,
  name: string,
): { readonly path: string; readonly entry: KubeconfigFile["content"][K][number] } | undefined {
  for (const { path, content } of files) {
    const entries: readonly KubeconfigFile["content"][K][number][] = content[kind];
    const entry = entries.find((each) => each.name === name);
    if (entry !== undefined) return { path, entry };
  }
  return undefined;
}

function refuse(path: string, why: string): never {
  throw new OperatorError(`Cannot use the kubeconfig ${path}: ${why}`);
}

/** Data stands above a file, whose path is one from the kubeconfig's directory. */
function source(path: string, data: string | undefined, file: string | undefined): Source | undefined {
  if (data) return { text: decoded(data) };
  return file ? { path: join(...(file.startsWith("/") ? [file] : [dirname(path), file])) } : undefined;
}

function checkCluster(cluster: ClusterEntry, path: string): void {
  const { server } = cluster;
  if (server === "") refuse(path, "the server is missing in its cluster");
  if (!URL.canParse(server) || new URL(server).protocol !== "https:") {
    refuse(path, `its server is ${server}, but only https:// is supported`);
  }
  if (cluster["insecure-skip-tls-verify"]) {
    refuse(
      path,
      "it has insecure-skip-tls-verify, which is not supported (give certificate-authority-data instead)",
    );
  }
  if (cluster["tls-server-name"] !== "") {
    refuse(
      path,
      "it has tls-server-name, which is not supported (use a server URL that its certificate is for)",
    );
  }
  if (cluster["proxy-url"] !== "") {
    refuse(path, "it has proxy-url, which is not supported (set HTTPS_PROXY instead)");
  }
}

function checkUser(user: UserEntry, path: string): void {
  if (user["auth-provider"]) {
    refuse(path, "it has an auth-provider, which kubectl no longer takes either (use exec)");
  }
  if (user.username !== "") refuse(path, "it has a username, which API servers no longer take (use a token)");
  if (user.as !== "") refuse(path, "it has as, and impersonating others is not supported");
  if (!user.exec) return;
  const { apiVersion, command, interactiveMode } = user.exec;
  if (!execVersions.includes(apiVersion)) {
    refuse(
      path,
      `its program ${command} is of ${apiVersion}, but only ${execVersions.join(" and ")} are known`,
    );
  }
  if (interactiveMode === "Always") {
    refuse(path, `its program ${command} wants a terminal (interactiveMode), and the driver has none`);
  }
}

function execOf(
  { apiVersion, command, args, env, installHint, provideClusterInfo }: ExecEntry,
  cluster: ClusterEntry,
  directory: string,
): ExecConfig {
  const authority = cluster["certificate-authority-data"];
  return {
    apiVersion,
    // A path is one from the kubeconfig's directory, a bare name one of PATH.
    command: command.includes("/") && !command.startsWith("/") ? join(directory, command) : command,
    args,
    env,
    installHint,
    cluster: provideClusterInfo
      ? { server: cluster.server, ...(authority === "" ? {} : { "certificate-authority-data": authority }) }
      : undefined,
  };
}

/** Base64 in a file can be broken into lines. What is none is left for whoever uses it to refuse. */
function decoded(base64: string): string {
  try {
    return atob(base64.replace(/\s+/g, ""));
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    return base64;
  }
}
