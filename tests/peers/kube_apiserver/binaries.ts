import { type GoProgram } from "../_go.ts";

const version = "v1.36.3";
const versionPackage = "k8s.io/component-base/version";

/** The API server of Kubernetes 1.36, with which consumable capacity is on by default. */
export const apiServerProgram: GoProgram = {
  name: "kube-apiserver",
  module: new URL("apiserver/", import.meta.url),
  package: "k8s.io/kubernetes/cmd/kube-apiserver",
  linkedValues: [
    `${versionPackage}.gitVersion=${version}`,
    `${versionPackage}.gitMajor=1`,
    `${versionPackage}.gitMinor=36`,
  ],
};

/** What the API server keeps its objects in. */
export const etcdProgram: GoProgram = {
  name: "etcd",
  module: new URL("etcd/", import.meta.url),
  package: "go.etcd.io/etcd/server/v3",
};
