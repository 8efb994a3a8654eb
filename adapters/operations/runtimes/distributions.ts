import { type RuntimeName, runtimeNames } from "./runtime_names.ts";

/** A way to install Kubernetes that brings a runtime of its own, and has its say in how that is configured. */
export interface Distribution {
  readonly name: string;
  readonly runtime: RuntimeName;
  /** What tells it: a part of the path of the configuration or of the program, or the name of the service. */
  readonly recognized: RegExp;
  /** The socket for the kubelet. */
  readonly socket: string;
  readonly configuration: string;
  /** The runtime's program. */
  readonly program: string;
  /** The service whose restart makes a configuration count; of several that a node has one of, the first is usual. */
  readonly services: readonly [string, ...string[]];
  readonly kubeletRoot: string;
  /** How the configuration is changed where the file that the runtime reads is not to be edited. */
  readonly way:
    | { readonly kind: "files" }
    /** The main file is made anew at each start; drop-ins that it imports stay. */
    | { readonly kind: "drop-ins"; readonly remedy: string }
    /** The main file is made anew at each start from this one beside it. */
    | { readonly kind: "template"; readonly template: string }
    /** Drop-ins are put together with the rest at each start. */
    | { readonly kind: "merged drop-ins"; readonly directory: string; readonly marker: string }
    /** No file on the node is to be edited. */
    | { readonly kind: "elsewhere"; readonly remedy: string };
}

const rancher = "agent/etc/containerd/config.toml";
const rancherRemedy = (name: string) =>
  `${name} writes it anew at each start: put imports = ["/var/lib/rancher/${name.toLowerCase()}/agent/etc/containerd/` +
  'config-v3.toml.d/*.toml"] above the first table of config-v3.toml.tmpl beside it, or take a newer ' +
  name +
  ", which imports that by itself";

/** Those that are known. */
export const distributions: readonly Distribution[] = [
  {
    name: "RKE2",
    runtime: "containerd",
    recognized: /(^|\/)rke2(-|\/|$)/,
    socket: "/run/k3s/containerd/containerd.sock",
    configuration: `/var/lib/rancher/rke2/${rancher}`,
    program: "/var/lib/rancher/rke2/bin/containerd",
    services: ["rke2-server", "rke2-agent"],
    kubeletRoot: "/var/lib/kubelet",
    way: { kind: "drop-ins", remedy: rancherRemedy("RKE2") },
  },
  {
    name: "k3s",
    runtime: "containerd",
    recognized: /(^|\/)k3s(-|\/|$)/,
    socket: "/run/k3s/containerd/containerd.sock",
    configuration: `/var/lib/rancher/k3s/${rancher}`,
    program: "/var/lib/rancher/k3s/data/current/bin/containerd",
    services: ["k3s", "k3s-agent"],
    kubeletRoot: "/var/lib/kubelet",
    way: { kind: "drop-ins", remedy: rancherRemedy("k3s") },
  },
  {
    name: "k0s",
    runtime: "containerd",
    recognized: /(^|\/)k0s(controller|worker|\/|$)/,
    socket: "/run/k0s/containerd.sock",
    configuration: "/etc/k0s/containerd.toml",
    program: "/var/lib/k0s/bin/containerd",
    services: ["k0sworker", "k0scontroller"],
    kubeletRoot: "/var/lib/k0s/kubelet",
    way: { kind: "merged drop-ins", directory: "containerd.d", marker: "# k0s_managed=true" },
  },
  {
    name: "MicroK8s",
    runtime: "containerd",
    recognized: /(^|\/|\.)microk8s(\.|\/|$)/,
    socket: "/var/snap/microk8s/common/run/containerd.sock",
    configuration: "/var/snap/microk8s/current/args/containerd.toml",
    program: "/snap/microk8s/current/bin/containerd",
    services: ["snap.microk8s.daemon-containerd"],
    kubeletRoot: "/var/snap/microk8s/common/var/lib/kubelet",
    way: { kind: "template", template: "containerd-template.toml" },
  },
  {
    name: "Talos",
    runtime: "containerd",
    recognized: /^\/etc\/cri\/|^talos$/,
    socket: "/run/containerd/containerd.sock",
    configuration: "/etc/cri/containerd.toml",
    program: "/bin/containerd",
    services: ["cri"],
    kubeletRoot: "/var/lib/kubelet",
    way: {
      kind: "elsewhere",
      remedy:
        "Talos takes it from the machine configuration: /etc/cri/conf.d/20-customization.part among machine.files " +
        "or, since 1.14, a CRICustomizationConfig",
    },
  },
  {
    name: "Bottlerocket",
    runtime: "containerd",
    recognized: /^bottlerocket$/,
    socket: "/run/containerd/containerd.sock",
    configuration: "/etc/containerd/config.toml",
    program: "/bin/containerd",
    services: ["containerd"],
    kubeletRoot: "/var/lib/kubelet",
    way: {
      kind: "elsewhere",
      remedy:
        "Bottlerocket makes it from its settings, which have nothing for this: a bootstrap container has to write " +
        "a drop-in to /etc/containerd/config.d at each boot",
    },
  },
];

/** Every service that a kubelet or its runtime is in, for what has to happen before each of them. */
export const kubernetesServices: readonly string[] = [
  ...new Set([
    "kubelet",
    ...runtimeNames,
    ...distributions.flatMap(({ services, way }) => way.kind === "elsewhere" ? [] : services),
    "snap.microk8s.daemon-kubelite",
  ]),
];

/** The distribution that one of these names, paths or services tells. */
export function distributionOf(...signs: readonly (string | undefined)[]): Distribution | undefined {
  return distributions.find(({ recognized }) =>
    signs.some((sign) => sign !== undefined && recognized.test(sign))
  );
}
