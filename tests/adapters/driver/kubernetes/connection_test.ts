import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { join } from "node:path";
import * as v from "valibot";
import { makeServerCertificates } from "../../../../adapters/simulator/api_server/certificates.ts";
import { connectToCluster } from "../../../../adapters/driver/kubernetes/connect.ts";
import type { KubernetesConnection } from "../../../../adapters/driver/kubernetes/connection.ts";
import { nodePath } from "../../../../adapters/driver/kubernetes/resource_paths.ts";
import { withEnvironment } from "./_environment.ts";
import { type TestCluster, withCluster } from "./_support.ts";

const node = v.object({ metadata: v.object({ name: v.string() }) });

Deno.test("an answer is handed out whole", () =>
  withCluster(async ({ connection }) => {
    const node = await getNode(connection);
    assert.equal(node.metadata.name, "node-a");
  }));

Deno.test("the token file of a kubeconfig is the one of the moment, at every request", () =>
  withCluster(async (cluster) => {
    const connection = await withUser(cluster, { tokenFile: "token" });
    await Deno.writeTextFile(join(cluster.directory, "token"), `${cluster.server.token}\n`);
    await getNode(connection);
    cluster.server.rotateToken();
    await assert.rejects(getNode(connection), { name: "ApiStatusError", status: 401 });
    await Deno.writeTextFile(join(cluster.directory, "token"), cluster.server.token);
    await getNode(connection);
    connection.close();
  }));

Deno.test("a token file that goes missing is a passing failure", () =>
  withCluster(async (cluster) => {
    const connection = await withUser(cluster, { tokenFile: "token" });
    await Deno.remove(join(cluster.directory, "token"));
    await assert.rejects(getNode(connection), { name: "ApiUnreachableError" });
    connection.close();
  }));

Deno.test("a plugin provides the token", () =>
  withCluster(async (cluster) => {
    const credential = { kind: "ExecCredential", status: { token: cluster.server.token } };
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "echo",
      args: [JSON.stringify(credential)],
    };
    const connection = await withUser(cluster, { exec });
    await getNode(connection);
    connection.close();
  }));

Deno.test("a client certificate that is replaced is taken up", () =>
  withCluster(async (cluster) => {
    const writeCertificate = async () => {
      const { certificate, key } = await makeServerCertificates();
      await Deno.writeTextFile(join(cluster.directory, "tls.crt"), certificate);
      await Deno.writeTextFile(join(cluster.directory, "tls.key"), key);
    };
    await writeCertificate();
    const { token } = cluster.server;
    const user = { token, "client-certificate": "tls.crt", "client-key": "tls.key" };
    const connection = await withUser(cluster, user);
    await getNode(connection);
    await writeCertificate();
    await getNode(connection);
    connection.close();
  }));

Deno.test("a pod's service account is used, with the token of the moment at every request", () =>
  withCluster(async ({ server, directory }) => {
    const mount = join(directory, "var/run/secrets/kubernetes.io/serviceaccount");
    await Deno.mkdir(mount, { recursive: true });
    await Deno.writeTextFile(join(mount, "ca.crt"), server.authority);
    await Deno.writeTextFile(join(mount, "token"), server.token);
    const { hostname, port } = new URL(server.url);
    await withEnvironment({ KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }, async () => {
      const connection = await connectToCluster({ root: directory });
      await getNode(connection);
      server.rotateToken();
      await Deno.writeTextFile(join(mount, "token"), server.token);
      await getNode(connection);
      connection.close();
    });
  }));

Deno.test("a server that the authority did not vouch for is not trusted", () =>
  withCluster(async (cluster) => {
    const { authority } = await makeServerCertificates();
    const connection = await withUser(cluster, {}, { "certificate-authority-data": btoa(authority) });
    await assert.rejects(
      getNode(connection),
      (error: Error) =>
        error.name === "ApiUnreachableError" && /invalid peer certificate/.test(Deno.inspect(error.cause)),
    );
    connection.close();
  }));

Deno.test("a time-out does not disturb what goes on beside it", () =>
  withCluster(async ({ server, connection }) => {
    const watch = await connection.open(
      { method: "GET", path: "/api/v1/nodes?watch=true" },
      new AbortController().signal,
    );
    server.faults = () => "hang";
    await assert.rejects(getNode(connection), /no answer within 300 ms/);
    assert.equal(server.openWatches, 1);
    server.closeWatches();
    assert.match(await watch.text(), /^{"type":"ADDED".*"name":"node-a"/);
  }, { timeoutMilliseconds: 300 }));

Deno.test("requests above the burst wait for their turn", () =>
  withCluster(async ({ connection }) => {
    await getNode(connection);
    await assert.rejects(getNode(connection), /no answer within 300 ms/);
  }, { requestsPerSecond: 1, burst: 1, timeoutMilliseconds: 300 }));

Deno.test("what has a body does not share the connection of what reads, whose requests would wait behind it", () =>
  withCluster(async ({ server, directory }) => {
    const versions: string[] = [];
    const { certificate, key, authority } = await makeServerCertificates();
    const listener = createSecureServer({ cert: certificate, key, allowHTTP1: true }, (request, response) => {
      versions.push(`${request.method} ${request.httpVersion}`);
      request.resume();
      response.end("{}");
    });
    await once(listener.listen(0, "127.0.0.1"), "listening");
    const config = JSON.parse(server.kubeconfig);
    const address = listener.address();
    assert.ok(address !== null && typeof address === "object");
    Object.assign(config.clusters[0].cluster, {
      server: `https://127.0.0.1:${address.port}`,
      "certificate-authority-data": btoa(authority),
    });
    const file = join(directory, "two-versions");
    await Deno.writeTextFile(file, JSON.stringify(config));
    const connection = await connectToCluster({ kubeconfig: file, timeoutMilliseconds: 2_000 });
    try {
      await connection.exchange({ method: "GET", path: "/" });
      for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
        await connection.exchange({ method, path: "/", body: {} });
      }
      assert.deepEqual(versions, ["GET 2.0", "POST 1.1", "PUT 1.1", "PATCH 1.1", "DELETE 1.1"]);
    } finally {
      connection.close();
      listener.close();
    }
  }));

async function getNode(connection: KubernetesConnection) {
  return v.parse(node, await connection.exchange({ method: "GET", path: nodePath("node-a") }));
}

/** Connects as another user of the test's cluster. Files are in the cluster's directory, and a token is in one. */
async function withUser(
  { server, directory }: TestCluster,
  user: object,
  cluster: object = {},
): Promise<KubernetesConnection> {
  const config = JSON.parse(server.kubeconfig);
  config.users[0].user = user;
  Object.assign(config.clusters[0].cluster, cluster);
  await Deno.writeTextFile(join(directory, "token"), server.token);
  const file = join(directory, "other-kubeconfig");
  await Deno.writeTextFile(file, JSON.stringify(config));
  return await connectToCluster({ kubeconfig: file, timeoutMilliseconds: 2_000 });
}
