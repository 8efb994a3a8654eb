import { type GoProgram } from "../_go.ts";

const version = "v1.36.3";
const versionPackage = "k8s.io/component-base/version";

/** A program of Kubernetes 1.36, with which consumable capacity is on by default. */
function kubernetesProgram(name: string): GoProgram {
  return {
    name,
    module: new URL("kubernetes/", import.meta.url),
    package: `k8s.io/kubernetes/cmd/${name}`,
    linkedValues: [
      `${versionPackage}.gitVersion=${version}`,
      `${versionPackage}.gitMajor=1`,
      `${versionPackage}.gitMinor=36`,
    ],
  };
}

export const apiServerProgram = kubernetesProgram("kube-apiserver");
export const schedulerProgram = kubernetesProgram("kube-scheduler");
export const controllerManagerProgram = kubernetesProgram("kube-controller-manager");
export const kubeletProgram = kubernetesProgram("kubelet");

/** What the API server keeps its objects in. */
export const etcdProgram: GoProgram = {
  name: "etcd",
  module: new URL("etcd/", import.meta.url),
  package: "go.etcd.io/etcd/server/v3",
};
