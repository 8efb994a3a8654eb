/** Somebody whom the server knows. */
export interface ApiUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly token: string;
}

/** What makes the server part of a whole cluster: nodes with kubelets, and controllers. */
export interface ClusterSetup {
  /** By which the nodes reach the server; its certificate is for this address too. */
  readonly advertiseAddress: string;
  /** Beside the administrator. */
  readonly users: readonly ApiUser[];
  /** Paths in PEM, by which kubelets know the server; it finds them by the names of their nodes. */
  readonly kubeletClient: { readonly certificate: string; readonly key: string };
  /** To be turned on. */
  readonly featureGates: readonly string[];
}

/** Turns features on, of any program of Kubernetes. */
export function featureGateArguments(gates: readonly string[]): string[] {
  return gates.map((gate) => `--feature-gates=${gate}=true`);
}

/** Has the API server serve versions of APIs that are off by default: `resource.k8s.io/v1alpha3`. */
export function servedApiArguments(versions: readonly string[]): string[] {
  return versions.map((version) => `--runtime-config=${version}=true`);
}

/**
 * Unix sockets, so that nobody else on the machine can get at the database. etcd wants a host and a port in every URL
 * and takes these as the file's name in its working directory.
 */
const etcdClients = "unix://clients:1";
const etcdPeers = "unix://peers:1";

/** What etcd is started with. */
export const etcdArguments = [
  "--data-dir=etcd",
  `--listen-client-urls=${etcdClients}`,
  `--advertise-client-urls=${etcdClients}`,
  `--listen-peer-urls=${etcdPeers}`,
  `--initial-advertise-peer-urls=${etcdPeers}`,
  `--initial-cluster=default=${etcdPeers}`,
  "--unsafe-no-fsync",
];

/** What the API server is started with, in its directory; alone unless it is part of a cluster. */
export function apiServerArguments(port: number, cluster: ClusterSetup | undefined): string[] {
  return [
    `--etcd-servers=${etcdClients}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    "--cert-dir=.",
    "--token-auth-file=tokens.csv",
    // As in every cluster that kubeadm makes.
    "--allow-privileged=true",
    "--service-account-issuer=https://kubernetes.default.svc",
    "--service-account-key-file=service-account.pub",
    "--service-account-signing-key-file=service-account.key",
    "--service-cluster-ip-range=10.96.0.0/16",
    ...cluster === undefined ? aloneArguments : clusterArguments(cluster),
  ];
}

/**
 * Service accounts have no controller here that would make the default one of each namespace, so pods must be
 * admitted without. Nobody finds the server by the Service `kubernetes`, for which 1.37 takes no loopback address.
 */
const aloneArguments = [
  "--advertise-address=127.0.0.1",
  "--endpoint-reconciler-type=none",
  "--authorization-mode=RBAC",
  "--disable-admission-plugins=ServiceAccount",
];

function clusterArguments({ advertiseAddress, kubeletClient, featureGates }: ClusterSetup): string[] {
  return [
    `--advertise-address=${advertiseAddress}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--kubelet-preferred-address-types=Hostname",
    `--kubelet-client-certificate=${kubeletClient.certificate}`,
    `--kubelet-client-key=${kubeletClient.key}`,
    ...featureGateArguments(featureGates),
  ];
}

/** A user's line of the file of tokens. */
export function tokenLine({ name, groups, token }: ApiUser): string {
  return `${token},${name},${name},"${groups.join(",")}"\n`;
}
