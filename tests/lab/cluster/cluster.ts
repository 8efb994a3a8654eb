import type { Node as V1Node } from "kubernetes-types/core/v1";
import { join } from "node:path";
import { explain } from "../../../adapters/driver/kubernetes/api_error.ts";
import { Api } from "../../e2e/cluster/api.ts";
import { deployDriver, whetherDriverReady } from "../../e2e/cluster/driver.ts";
import { eventually } from "../../peers/bounded.ts";
import type { KubernetesRelease } from "../../peers/kube_apiserver/binaries.ts";
import { run } from "../host/command.ts";
import { installMissing } from "../host/debian.ts";
import { type MakeAdditions, prepareBoot } from "../host/lab_files.ts";
import { nodeRuntimeFiles } from "../host/node_runtimes.ts";
import { cgroupManagerFiles } from "../host/systemd.ts";
import { LabError } from "../lab_error.ts";
import { startControlPlane } from "./control_plane.ts";
import { commandNode } from "./node_control.ts";
import { clusterNode } from "./node_files.ts";
import { NodeMachine } from "./node_machine.ts";
import { freePort } from "../../peers/free_port.ts";

const project = new URL("../../../", import.meta.url);
const needs = { "openssl": ["openssl"] };

/** From power to a node that is ready, and from manifests to a driver that is; both take a minute as a rule. */
const limitMilliseconds = 10 * 60_000;

/** A cluster with the driver in it. */
export interface Cluster extends AsyncDisposable {
  /** The path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** See {@link NodeMachine}. */
  readonly controlSocket: string;
  /** The executable under test. */
  readonly dramemory: string;
  /** Adds to the logs what the cluster knows: its objects, and what the containers have said. */
  collect(): Promise<void>;
}

/** What a cluster is made of. */
export interface ClusterOptions {
  /** The executable under test. */
  readonly dramemory: string;
  /** The executable of dra-driver-memory, static, for the node's PATH as `dra-driver-memory`. */
  readonly formerDriver: string | undefined;
  /** The node's container runtime. */
  readonly runtime: string;
  /** What makes its cgroups. */
  readonly cgroupManager: string;
  readonly release: KubernetesRelease;
  /** The directory for the logs of all programs. */
  readonly logs: string;
  /** Its reason says why the start is given up. */
  readonly interrupt: AbortSignal;
}

/**
 * Builds and starts everything, and deploys the driver by the manifests. Rejects with {@link LabError} where something
 * is missing, or does not start in time.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { dramemory, formerDriver, runtime, cgroupManager, release, logs, interrupt } = options;
  await installMissing(needs);
  await using started = new AsyncDisposableStack();
  const scratch = await Deno.makeTempDir({ prefix: "dramemory-lab-scratch-" });
  started.defer(() => Deno.remove(scratch, { recursive: true }));

  const controlPlane = await startControlPlane(scratch, release);
  started.defer(() => controlPlane.stop(logs));
  const { server } = controlPlane;
  const ports = { apiServer: server.port, kubelet: freePort() };
  const files = await prepareBoot(scratch, {
    dramemory,
    checks: [],
    additions: [
      ...cgroupManagerFiles(cgroupManager),
      nodeRuntimeFiles(runtime, undefined),
      clusterNode(release, controlPlane, ports, await writeImages(scratch, dramemory), {
        runtime,
        cgroupManager,
      }),
      formerDriverPrograms(formerDriver),
    ],
  });
  const machine = new NodeMachine(files, ports, logs);
  started.defer(() => machine.stop());
  const api = started.use(await Api.connect(server.kubeconfig));
  const cluster: Omit<Cluster, keyof AsyncDisposable> = {
    kubeconfig: server.kubeconfig,
    controlSocket: machine.controlSocket,
    dramemory,
    collect: async () => {
      await writeObjects(api, logs);
      await commandNode(machine.controlSocket, "logs");
    },
  };
  const waitUntil = async (what: string, ask: () => Promise<boolean>) => {
    console.log(`Waiting for ${what}`);
    await eventually(what, limitMilliseconds, () => {
      interrupt.throwIfAborted();
      controlPlane.checkRunning();
      machine.checkRunning();
      return ask();
    });
  };
  try {
    await waitUntil("the node to be ready", () => nodeReady(api));
    await deployDriver(api);
    await waitUntil("the driver to be ready", async () => "value" in await whetherDriverReady(api));
  } catch (cause) {
    interrupt.throwIfAborted();
    await cluster.collect();
    throw new LabError(`Cannot start the cluster: ${explain(cause)}`, { cause });
  }
  const running = started.move();
  return { ...cluster, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function formerDriverPrograms(path: string | undefined): MakeAdditions {
  const programs = new Map(path === undefined ? [] : [["lab/dra-driver-memory", path]]);
  return () => Promise.resolve({ programs, files: new Map(), modules: [] });
}

/** The images of the driver and of the suites' pods, as archives. */
async function writeImages(directory: string, dramemory: string): Promise<string[]> {
  const [driver, workload] = [join(directory, "driver.tar"), join(directory, "workload-image.tar")];
  const task = (script: string, ...args: string[]) =>
    run(Deno.execPath(), ["run", "-A", new URL(script, project).pathname, ...args]);
  await task("tasks/image_archive.ts", "--binary", dramemory, "--output", driver);
  await task("tests/workload/image_archive.ts", "--output", workload);
  return [driver, workload];
}

async function nodeReady(api: Api): Promise<boolean> {
  const [node] = await api.list<V1Node>("/api/v1/nodes");
  return node?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

const collections = [
  "/api/v1/events",
  "/api/v1/nodes",
  "/api/v1/pods",
  "/apis/apps/v1/daemonsets",
  "/apis/resource.k8s.io/v1/resourceclaims",
  "/apis/resource.k8s.io/v1/resourceslices",
];

async function writeObjects(api: Api, directory: string): Promise<void> {
  for (const path of collections) {
    const name = `${path.slice(path.lastIndexOf("/") + 1)}.json`;
    await Deno.writeTextFile(join(directory, name), JSON.stringify(await api.get(path), null, 2));
  }
}
