import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import * as v from "valibot";
import { runTool } from "./tools.ts";

/** The configuration of the cluster, for kind. */
export const configuration = new URL("cluster.yaml", import.meta.url);

const named = v.looseObject({ name: v.string() });

/** The cluster's name; its one node is `<name>-control-plane`. */
const clusterName = v.parse(named, parse(await Deno.readTextFile(configuration))).name;

/** The image of the node, one of https://hub.docker.com/r/kindest/node; kind's own default when unset. */
const nodeImage = Deno.env.get("KIND_NODE_IMAGE");

const archives = ["bin/dramemory-image.tar", "bin/dramemory-workload-image.tar"];

/** Makes the executable and the images of the driver and of the suites' pods, from this checkout. */
export async function makeImages(): Promise<void> {
  for (const task of ["build", "image-archive", "workload-image-archive"]) {
    await runTool(Deno.execPath(), "task", task);
  }
}

/** Creates the cluster, unless it is there, and loads the images. */
export async function createCluster(): Promise<void> {
  const existing = (await runTool("kind", "get", "clusters")).split("\n");
  if (!existing.includes(clusterName)) {
    const image = nodeImage === undefined ? [] : ["--image", nodeImage];
    await runTool(
      "kind",
      "create",
      "cluster",
      "--config",
      fileURLToPath(configuration),
      "--wait",
      "5m",
      ...image,
    );
  }
  for (const archive of archives) {
    await runTool("kind", "load", "image-archive", archive, "--name", clusterName);
  }
}

/** Deletes the cluster and all in it. */
export async function deleteCluster(): Promise<void> {
  await runTool("kind", "delete", "cluster", "--name", clusterName);
}

/** A file with the administrator's kubeconfig, which is gone when it is disposed of. */
export async function kubeconfigFile(): Promise<AsyncDisposable & { readonly path: string }> {
  const text = await runTool("kind", "get", "kubeconfig", "--name", clusterName);
  const path = await Deno.makeTempFile({ prefix: "dramemory-e2e-", suffix: ".kubeconfig" });
  await Deno.writeTextFile(path, text);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

/** The shell command that restarts a service of the node. */
export function restartCommand(service: string): string {
  return `docker exec ${clusterName}-control-plane systemctl restart ${service}`;
}
