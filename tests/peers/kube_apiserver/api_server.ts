import { join } from "node:path";
import { eventually, TooLateError } from "../bounded.ts";
import { hasCertificateAndAuthority } from "./certificate_file.ts";
import { ServerProcess } from "../server_process.ts";
import {
  apiServerArguments,
  type ClusterSetup,
  etcdArguments,
  featureGateArguments,
  servedApiArguments,
  tokenLine,
} from "./arguments.ts";
import { KubeClient, KubeError } from "./kube_client.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { freePort } from "../free_port.ts";

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
  readonly port: number;
  /** A kubeconfig for a token, by another address of the server. */
  kubeconfigFor(server: string, token: string): string;
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

/** What a server is to have beyond what its version has by default. */
export interface ServerExtras {
  readonly featureGates?: readonly string[];
  /** Versions of APIs: `resource.k8s.io/v1alpha3`. */
  readonly apis?: readonly string[];
}

/** Both have been seen to take 4 seconds on two idle cores. */
const startMilliseconds = 60_000;

/**
 * Starts etcd and a kube-apiserver on loopback, in a temporary directory, and resolves once it is ready. The server
 * has what its version has by default and what is asked for beyond, and authorizes by RBAC. When it does not start, the
 * error says where its logs are kept.
 */
export async function startApiServer(
  binaries: ApiServerBinaries,
  cluster?: ClusterSetup,
  extras: ServerExtras = {},
): Promise<ApiServer> {
  const directory = await Deno.makeTempDir({ prefix: "kube-apiserver-" });
  try {
    return await start(binaries, directory, cluster, extras);
  } catch (cause) {
    const reason = messageOf(cause);
    const ends = await Promise.all(
      ["etcd.log", "kube-apiserver.log"].map((name) => endOfLog(directory, name)),
    );
    throw new Error(
      `Cannot start the API server: ${reason} (its logs are kept in ${directory})\n${ends.join("\n")}`,
      { cause },
    );
  }
}

async function start(
  binaries: ApiServerBinaries,
  directory: string,
  cluster: ClusterSetup | undefined,
  { featureGates = [], apis = [] }: ServerExtras,
): Promise<ApiServer> {
  await using started = new AsyncDisposableStack();
  const at = (name: string) => join(directory, name);
  const token = crypto.randomUUID();
  await writeSigningKeys(at("service-account.key"), at("service-account.pub"));
  const administrator = { name: "administrator", groups: ["system:masters"], token };
  const users = [administrator, ...cluster?.users ?? []];
  await Deno.writeTextFile(at("tokens.csv"), users.map(tokenLine).join(""), { mode: 0o600 });

  const port = freePort();
  const etcd = ServerProcess.start("etcd", directory, binaries.etcd, etcdArguments);
  started.defer(() => etcd.stop());
  const server = ServerProcess.start(
    "kube-apiserver",
    directory,
    binaries.apiServer,
    [
      ...apiServerArguments(port, cluster),
      ...featureGateArguments(featureGates),
      ...servedApiArguments(apis),
    ],
  );
  started.defer(() => server.stop());

  const url = `https://127.0.0.1:${port}`;
  const checkRunning = () => {
    etcd.checkRunning();
    server.checkRunning();
  };
  const authority = await eventually("the certificate of the API server", startMilliseconds, () => {
    checkRunning();
    return readCertificates(at("apiserver.crt"));
  });
  const client = started.use(new KubeClient(url, token, authority));
  let unready = "it was never asked";
  try {
    await eventually("the API server to be ready", startMilliseconds, async () => {
      checkRunning();
      const answer = await askReadiness(client);
      if (answer !== "ready") unready = answer.unready;
      return answer === "ready";
    });
  } catch (cause) {
    if (!(cause instanceof TooLateError)) throw cause;
    throw new TooLateError(`${cause.message}; the last time: ${unready}`, { cause });
  }
  const writeKubeconfig = async (name: string, token: string) => {
    await Deno.writeTextFile(at(name), kubeconfig(url, token, authority));
    return at(name);
  };
  const ownKubeconfig = await writeKubeconfig("administrator.kubeconfig", token);
  const running = started.move();
  return {
    client,
    kubeconfig: ownKubeconfig,
    directory,
    clientWith: (token) => new KubeClient(url, token, authority),
    port,
    kubeconfigFor: (server, token) => kubeconfig(server, token, authority),
    writeKubeconfig,
    stop: async () => {
      await running.disposeAsync();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The server makes a certificate and its authority by itself, both in one file, which is there for some microseconds
 * before anything is in it. Deno takes an empty authority, too, and believes no server then.
 */
async function readCertificates(path: string): Promise<string | undefined> {
  const text = await readIfThere(path);
  return text !== undefined && hasCertificateAndAuthority(text) ? text : undefined;
}

async function askReadiness(client: KubeClient): Promise<"ready" | { unready: string }> {
  try {
    await client.send("GET", "/readyz");
    return "ready";
  } catch (error) {
    // Not yet, or not yet listening.
    if (error instanceof KubeError || error instanceof TypeError) return { unready: messageOf(error) };
    throw error;
  }
}

const logLines = 20;

async function endOfLog(directory: string, name: string): Promise<string> {
  const text = await readIfThere(join(directory, name));
  if (text === undefined) return `${name}: there is none`;
  return [`The end of ${name}:`, ...text.trimEnd().split("\n").slice(-logLines)].join("\n");
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
