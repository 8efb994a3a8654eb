import { join } from "node:path";
import { stringify } from "yaml";
import { kubernetesProgram, type KubernetesRelease } from "../../peers/kube_apiserver/binaries.ts";
import { requirePeer } from "../../peers/go.ts";
import { cacheDirectory, type MakeAdditions } from "../host/lab_files.ts";
import { unpackedPackage } from "../host/debian.ts";
import type { ControlPlane } from "./control_plane.ts";
import { hostAddress } from "./control_plane.ts";
import type { NodePorts } from "./node_machine.ts";

/** What the network of the machine and of its pods takes, in this order. */
const networkModules = [
  "kernel/net/core/failover.ko",
  "kernel/drivers/net/net_failover.ko",
  "kernel/drivers/virtio/virtio_ring.ko",
  "kernel/drivers/virtio/virtio.ko",
  "kernel/drivers/virtio/virtio_pci_legacy_dev.ko",
  "kernel/drivers/virtio/virtio_pci_modern_dev.ko",
  "kernel/drivers/virtio/virtio_pci.ko",
  "kernel/drivers/net/virtio_net.ko",
  "kernel/drivers/net/veth.ko",
];

/** A pod's network reaches its node, where all is that the pods here need. */
const podNetwork = {
  cniVersion: "1.0.0",
  name: "lab",
  plugins: [{
    type: "ptp",
    ipam: { type: "host-local", subnet: "10.244.0.0/24", routes: [{ dst: "0.0.0.0/0" }] },
  }],
};

const networkPrograms = ["ptp", "host-local", "loopback"];

/** Where the kubelet finds the runtime, by its name. */
const runtimeSockets = new Map([
  ["containerd", "/run/containerd/containerd.sock"],
  ["crio", "/var/run/crio/crio.sock"],
]);

/** What the kubelet of a node works with, by name. */
export interface NodePrograms {
  readonly runtime: string;
  readonly cgroupManager: string;
}

/** Makes what turns a machine with a container runtime into a node: the kubelet, the pods' network, and images. */
export function clusterNode(
  release: KubernetesRelease,
  { nodeToken, kubeletClientAuthority, server }: ControlPlane,
  ports: NodePorts,
  images: readonly string[],
  programs: NodePrograms,
): MakeAdditions {
  return async ({ directory }) => {
    const network = await unpackedPackage(cacheDirectory(), "containernetworking-plugins");
    const files = new Map<string, string>();
    const write = async (path: string, text: string) => {
      const source = join(directory, path.replaceAll("/", "-"));
      await Deno.writeTextFile(source, text);
      files.set(path, source);
    };
    // The kubelet looks for a user of its name there.
    await write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    await write(
      "etc/kubernetes/kubelet.yaml",
      stringify(kubeletConfiguration(ports.kubelet, release, programs)),
    );
    await write("etc/kubernetes/clients.crt", kubeletClientAuthority);
    await write(
      "etc/kubernetes/kubeconfig",
      server.kubeconfigFor(`https://${hostAddress}:${ports.apiServer}`, nodeToken),
    );
    await write("etc/cni/net.d/10-lab.conflist", JSON.stringify(podNetwork));
    for (const [index, image] of images.entries()) files.set(`lab/images/${index}.tar`, image);
    return {
      programs: new Map([
        ["lab/kubelet", await requirePeer(kubernetesProgram("kubelet", release))],
        ...networkPrograms.map((name) =>
          [`opt/cni/bin/${name}`, join(network, "usr/lib/cni", name)] as const
        ),
      ]),
      files,
      modules: networkModules,
    };
  };
}

/** What differs from the kubelet's defaults. */
function kubeletConfiguration(
  port: number,
  { featureGates }: KubernetesRelease,
  { runtime, cgroupManager }: NodePrograms,
) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    port,
    featureGates: Object.fromEntries(featureGates.map((gate) => [gate, true])),
    authentication: { x509: { clientCAFile: "/etc/kubernetes/clients.crt" } },
    containerRuntimeEndpoint: `unix://${runtimeSockets.get(runtime)}`,
    cgroupDriver: cgroupManager,
    resolvConf: "/etc/resolv.conf",
    // Nobody answers there. Without an address each pod gets a warning.
    clusterDNS: ["10.96.0.10"],
    makeIPTablesUtilChains: false,
    // The disk is as small as the machine.
    evictionHard: { "memory.available": "50Mi" },
    imageGCHighThresholdPercent: 100,
    // Emulation takes its time.
    runtimeRequestTimeout: "5m",
  };
}
