import { join } from "node:path";
import * as v from "valibot";
import { readObjects } from "../../deploy/manifests.ts";
import { eventually } from "../bounded.ts";
import { GoError } from "../go.ts";
import { runToEnd } from "../run.ts";
import { type KubeClient, KubeError } from "../kube_apiserver/kube_client.ts";

const operator = "github.com/prometheus-operator/prometheus-operator";
const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const download = v.object({ Dir: v.string() });
/**
 * Makes the Prometheus operator's kinds PodMonitor and PrometheusRule known to an API server, from its Go module.
 * Rejects with {@link GoError} when that cannot be had.
 */
export async function defineMonitoringKinds(client: KubeClient): Promise<void> {
  const directory = await moduleDirectory();
  for (const plural of ["podmonitors", "prometheusrules"]) {
    const file = join(directory, "example/prometheus-operator-crd", `monitoring.coreos.com_${plural}.yaml`);
    for (const object of readObjects(await Deno.readTextFile(file))) {
      await client.send("POST", collection, object);
      await eventually(`${plural} to be served`, 30_000, () => isServed(client, plural));
    }
  }
}

async function isServed(client: KubeClient, plural: string): Promise<boolean> {
  try {
    await client.send("GET", `/apis/monitoring.coreos.com/v1/${plural}`);
    return true;
  } catch (error) {
    // Not known yet, or not ready yet.
    if (error instanceof KubeError && [404, 429].includes(error.status)) return false;
    throw error;
  }
}

async function moduleDirectory(): Promise<string> {
  const cwd = new URL("./", import.meta.url).pathname;
  const { success, stdout, stderr } = await runToEnd("go", ["mod", "download", "-json", operator], { cwd });
  if (!success) throw new GoError(`Cannot download ${operator}: ${stderr}`);
  return v.parse(download, JSON.parse(stdout)).Dir;
}
