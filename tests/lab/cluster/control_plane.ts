import { join } from "node:path";
import { requirePeer } from "../../peers/go.ts";
import { ServerProcess } from "../../peers/server_process.ts";
import { type ApiServer, startApiServer } from "../../peers/kube_apiserver/api_server.ts";
import { type ApiUser, featureGateArguments } from "../../peers/kube_apiserver/arguments.ts";
import {
  etcdProgram,
  kubernetesProgram,
  type KubernetesProgramName,
  type KubernetesRelease,
} from "../../peers/kube_apiserver/binaries.ts";
import { run } from "../host/command.ts";

/** Of the node. The API server reaches its kubelet by this name, through a port of this machine. */
export const nodeName = "localhost";

/** By which the machine with the node reaches this one (QEMU's user networking). */
export const hostAddress = "10.0.2.2";

/** A control plane that runs on this machine. */
export interface ControlPlane {
  readonly server: ApiServer;
  /** Says as what the kubelet speaks to the API server. */
  readonly nodeToken: string;
  /** In PEM, what the kubelet knows the API server by. */
  readonly kubeletClientAuthority: string;
  /** Throws when one of the programs has ended. */
  checkRunning(): void;
  /** Ends everything. Logs of all programs are copied to the directory given, if any. */
  stop(logs?: string): Promise<void>;
}

/** Builds etcd, the API server, the scheduler and the controller manager unless they are there, and starts them. */
export async function startControlPlane(scratch: string, release: KubernetesRelease): Promise<ControlPlane> {
  const { featureGates } = release;
  const build = (name: KubernetesProgramName) => requirePeer(kubernetesProgram(name, release));
  const binaries = { etcd: await requirePeer(etcdProgram), apiServer: await build("kube-apiserver") };
  const schedulerBinary = await build("kube-scheduler");
  const controllerManagerBinary = await build("kube-controller-manager");
  const kubeletClient = await makeKubeletClient(scratch);
  const [node, scheduler, controllerManager] = [
    user(`system:node:${nodeName}`, "system:nodes"),
    user("system:kube-scheduler"),
    user("system:kube-controller-manager"),
  ] as const;
  const server = await startApiServer(binaries, {
    advertiseAddress: hostAddress,
    users: [node, scheduler, controllerManager],
    kubeletClient,
    featureGates,
  });
  const { directory } = server;
  const start = async (name: string, binary: string, token: string, args: readonly string[]) => {
    const kubeconfig = await server.writeKubeconfig(`${name}.kubeconfig`, token);
    return ServerProcess.start(name, directory, binary, [
      ...[`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0", "-v=2"],
      ...featureGateArguments(featureGates),
      ...args,
    ]);
  };
  const processes = [
    await start("kube-scheduler", schedulerBinary, scheduler.token, []),
    await start("kube-controller-manager", controllerManagerBinary, controllerManager.token, [
      "--use-service-account-credentials",
      "--service-account-private-key-file=service-account.key",
      "--root-ca-file=apiserver.crt",
      // An emulated machine is silent for longer than a real one while it starts its programs anew.
      "--node-monitor-grace-period=200s",
    ]),
  ];
  return {
    server,
    nodeToken: node.token,
    kubeletClientAuthority: await Deno.readTextFile(kubeletClient.certificate),
    checkRunning: () => processes.forEach((process) => process.checkRunning()),
    stop: async (logs) => {
      for (const process of processes) await process.stop();
      if (logs !== undefined) await copyLogs(directory, logs);
      await server.stop();
    },
  };
}

function user(name: string, ...groups: string[]): ApiUser {
  return { name, groups, token: crypto.randomUUID() };
}

/** A certificate that is its own authority: the kubelet knows no other client. */
async function makeKubeletClient(directory: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(directory, "kubelet-client.crt"), join(directory, "kubelet-client.key")];
  await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", "/O=system:masters/CN=kube-apiserver", "-keyout", key, "-out", certificate],
  ]);
  return { certificate, key };
}

async function copyLogs(from: string, to: string): Promise<void> {
  for await (const { name } of Deno.readDir(from)) {
    if (name.endsWith(".log")) await Deno.copyFile(join(from, name), join(to, name));
  }
}
