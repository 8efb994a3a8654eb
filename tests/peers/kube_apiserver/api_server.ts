import { join } from "node:path";
import { eventually } from "../_bounded.ts";
import { ServerProcess } from "../_server_process.ts";
import { KubeClient, KubeError } from "./kube_client.ts";

/** A real API server that runs for a test. */
export interface ApiServer {
  /** Speaks as an administrator. */
  readonly client: KubeClient;
  /** The path of a kubeconfig of the same administrator. */
  readonly kubeconfig: string;
  /** Where everything lies: certificates, logs, the database. Gone after {@link ApiServer.stop}. */
  readonly directory: string;
  /** Speaks with another token. */
  clientWith(token: string): KubeClient;
  /** Writes a kubeconfig for another token and resolves to its path. */
  writeKubeconfig(name: string, token: string): Promise<string>;
  /** Ends both processes and removes the directory. */
  stop(): Promise<void>;
}

/** The paths of the binaries, see `binaries.ts`. */
export interface ApiServerBinaries {
  readonly apiServer: string;
  readonly etcd: string;
}

/** Both have been seen to take 4 seconds on two idle cores. */
const startMilliseconds = 60_000;

/**
 * Starts etcd and a kube-apiserver on loopback, in a temporary directory, and resolves once it is ready. The server
 * has the feature gates of its version and authorizes by RBAC. When it does not start, the error says where its logs
 * are kept.
 */
export async function startApiServer(binaries: ApiServerBinaries): Promise<ApiServer> {
  const directory = await Deno.makeTempDir({ prefix: "kube-apiserver-" });
  try {
    return await start(binaries, directory);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot start the API server: ${reason} (its logs are kept in ${directory})`, { cause });
  }
}

async function start(binaries: ApiServerBinaries, directory: string): Promise<ApiServer> {
  await using started = new AsyncDisposableStack();
  const at = (name: string) => join(directory, name);
  const token = crypto.randomUUID();
  await writeSigningKeys(at("service-account.key"), at("service-account.pub"));
  await Deno.writeTextFile(at("tokens.csv"), `${token},administrator,1,"system:masters"\n`);

  const port = freePort();
  const etcd = ServerProcess.start("etcd", directory, binaries.etcd, etcdArguments);
  started.defer(() => etcd.stop());
  const server = ServerProcess.start(
    "kube-apiserver",
    directory,
    binaries.apiServer,
    apiServerArguments(port),
  );
  started.defer(() => server.stop());

  const url = `https://127.0.0.1:${port}`;
  const checkRunning = () => {
    etcd.checkRunning();
    server.checkRunning();
  };
  const authority = await eventually("the certificate of the API server", startMilliseconds, () => {
    checkRunning();
    return readIfThere(at("apiserver.crt"));
  });
  const client = started.use(new KubeClient(url, token, authority));
  await eventually("the API server to be ready", startMilliseconds, () => {
    checkRunning();
    return isReady(client);
  });
  const writeKubeconfig = async (name: string, token: string) => {
    await Deno.writeTextFile(at(name), kubeconfig(url, token, authority));
    return at(name);
  };
  const administrator = await writeKubeconfig("administrator.kubeconfig", token);
  const running = started.move();
  return {
    client,
    kubeconfig: administrator,
    directory,
    clientWith: (token) => new KubeClient(url, token, authority),
    writeKubeconfig,
    stop: async () => {
      await running.disposeAsync();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/**
 * Unix sockets, so that nobody else on the machine can get at the database. etcd wants a host and a port in every URL
 * and takes these as the file's name in its working directory.
 */
const etcdClients = "unix://clients:1";
const etcdPeers = "unix://peers:1";

const etcdArguments = [
  "--data-dir=etcd",
  `--listen-client-urls=${etcdClients}`,
  `--advertise-client-urls=${etcdClients}`,
  `--listen-peer-urls=${etcdPeers}`,
  `--initial-advertise-peer-urls=${etcdPeers}`,
  `--initial-cluster=default=${etcdPeers}`,
  "--unsafe-no-fsync",
];

/**
 * Service accounts have no controller here that would make the default one of each namespace, so pods must be
 * admitted without.
 */
function apiServerArguments(port: number): string[] {
  return [
    `--etcd-servers=${etcdClients}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    "--cert-dir=.",
    "--token-auth-file=tokens.csv",
    "--authorization-mode=RBAC",
    // As in every cluster that kubeadm makes.
    "--allow-privileged=true",
    "--disable-admission-plugins=ServiceAccount",
    "--service-account-issuer=https://kubernetes.default.svc",
    "--service-account-key-file=service-account.pub",
    "--service-account-signing-key-file=service-account.key",
    "--service-cluster-ip-range=10.96.0.0/16",
  ];
}

/** The server makes a certificate and its authority by itself, both in one file. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function isReady(client: KubeClient): Promise<boolean> {
  try {
    await client.send("GET", "/readyz");
    return true;
  } catch (error) {
    if (error instanceof KubeError || error instanceof TypeError) return false; // not yet, or not yet listening
    throw error;
  }
}

/** A port that nobody listens on now. The API server cannot choose one by itself. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function kubeconfig(server: string, token: string, authority: string): string {
  const name = "test";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": btoa(authority) } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/** Makes the keys that the server signs the tokens of service accounts with, and checks them by. */
async function writeSigningKeys(privatePath: string, publicPath: string): Promise<void> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  await Deno.writeTextFile(
    privatePath,
    pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", privateKey)),
  );
  await Deno.writeTextFile(publicPath, pem("PUBLIC KEY", await crypto.subtle.exportKey("spki", publicKey)));
}

function pem(label: string, bytes: ArrayBuffer): string {
  return `-----BEGIN ${label}-----\n${new Uint8Array(bytes).toBase64()}\n-----END ${label}-----\n`;
}
