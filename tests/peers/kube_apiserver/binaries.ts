import { type GoProgram } from "../go.ts";

/** A release of Kubernetes. */
export interface KubernetesRelease {
  readonly version: string;
  /** What the driver needs and this release has off by default: gates of every program. */
  readonly featureGates: readonly string[];
}

/** The release that the tests have unless they ask for another one: with it consumable capacity is on by default. */
export const kubernetes136: KubernetesRelease = { version: "1.36.3", featureGates: [] };

/** The newest release. */
export const kubernetes137: KubernetesRelease = { version: "1.37.2", featureGates: [] };

/** The oldest that the driver works with, the usual one, and the newest. */
export const kubernetesReleases: readonly KubernetesRelease[] = [
  { version: "1.34.4", featureGates: ["DRAConsumableCapacity"] },
  kubernetes136,
  kubernetes137,
];

/** What a cluster consists of, beside etcd. */
export type KubernetesProgramName =
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubelet";

const versionPackage = "k8s.io/component-base/version";

/** A program of Kubernetes. */
export function kubernetesProgram(name: KubernetesProgramName, { version }: KubernetesRelease): GoProgram {
  const [major, minor] = version.split(".");
  return {
    name,
    module: new URL("kubernetes/", import.meta.url),
    moduleFile: `v${version}.mod`,
    package: `k8s.io/kubernetes/cmd/${name}`,
    linkedValues: [
      `${versionPackage}.gitVersion=v${version}`,
      `${versionPackage}.gitMajor=${major}`,
      `${versionPackage}.gitMinor=${minor}`,
    ],
  };
}

export const apiServerProgram = kubernetesProgram("kube-apiserver", kubernetes136);

/** What the API server keeps its objects in. */
export const etcdProgram: GoProgram = {
  name: "etcd",
  module: new URL("etcd/", import.meta.url),
  package: "go.etcd.io/etcd/server/v3",
};
