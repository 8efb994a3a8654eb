import assert from "node:assert/strict";
import { join } from "node:path";
import { stringify } from "yaml";
import { connectToCluster } from "../../../../adapters/driver/kubernetes/connect.ts";
import { Kubeconfig } from "../../../../adapters/driver/kubernetes/kubeconfig.ts";
import { ServiceAccount } from "../../../../adapters/driver/kubernetes/service_account.ts";
import { withEnvironment } from "./_environment.ts";

/** A kubeconfig as an object, with changes to its parts. */
function kubeconfig({ cluster = {}, user = {}, ...rest }: Record<string, object | string> = {}): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: Object.assign({ server: "https://example.org:6443" }, cluster) }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
    ...rest,
  };
}

Deno.test("the current context of a kubeconfig is taken, with paths from its directory", () =>
  withFile(stringify(kubeconfig({ user: { tokenFile: "token" } })), async (file, directory) => {
    await Deno.writeTextFile(join(directory, "token"), "secret\n");
    const found = await Kubeconfig.read(file);
    assert.equal(found.server, "https://example.org:6443");
    assert.deepEqual((await found.identity()).headers, { authorization: "Bearer secret" });
  }));

Deno.test("a kubeconfig that is not there is told with its path", async () => {
  await assert.rejects(Kubeconfig.read("/nowhere/kubeconfig"), {
    name: "OperatorError",
    message:
      "Cannot read the kubeconfig /nowhere/kubeconfig: there is no such file (name another with --kubeconfig)",
  });
});

for (
  const [what, content, why] of [
    ["no YAML", ": [", /Cannot understand the kubeconfig/],
    ["with a word in it", "secret", /Cannot understand the kubeconfig \S+: it is no mapping$/],
    ["of another kind", "kind: Pod", /Cannot understand the kubeconfig \S+: kind: "Config" is wanted$/],
    [
      "with a token that is a number",
      kubeconfig({ users: [{ name: "u", user: { token: 12345 } }] }),
      /: users\[0\]\.user\.token: a text is wanted$/,
    ],
    ["empty", "", /has no current context/],
    ["without a server", kubeconfig({ clusters: [{ name: "c", cluster: {} }] }), /server is missing/],
    [
      "without a current context",
      kubeconfig({ "current-context": "" }),
      /has no current context .*use-context/,
    ],
    ["without its context", kubeconfig({ "current-context": "y" }), /has no current context/],
    ["without its cluster", kubeconfig({ clusters: [] }), /names no cluster/],
    ["without its user", kubeconfig({ users: [] }), /names no user/],
    ["for plain HTTP", kubeconfig({ cluster: { server: "http://example.org" } }), /only https/],
    ["for no URL", kubeconfig({ cluster: { server: "example.org" } }), /only https/],
    [
      "that does not verify",
      kubeconfig({ cluster: { "insecure-skip-tls-verify": true } }),
      /insecure-skip-tls-verify.*certificate-authority-data/,
    ],
    ["with another name for TLS", kubeconfig({ cluster: { "tls-server-name": "a" } }), /tls-server-name/],
    ["with a proxy", kubeconfig({ cluster: { "proxy-url": "http://proxy" } }), /proxy-url.*HTTPS_PROXY/],
  ] as const
) {
  Deno.test(`a kubeconfig ${what} is refused`, () =>
    withFile(typeof content === "string" ? content : stringify(content), async (file) => {
      await assert.rejects(
        Kubeconfig.read(file),
        (error: Error) =>
          error.name === "OperatorError" && error.message.includes(file) && why.test(error.message),
      );
    }));
}

for (
  const [what, parts, why] of [
    ["a missing authority", { cluster: { "certificate-authority": "none.pem" } }, /none\.pem/],
    [
      "a missing client certificate",
      { user: { "client-certificate": "none.crt", "client-key": "none.key" } },
      /none\.crt/,
    ],
    ["a missing token file", { user: { tokenFile: "none" } }, /none/],
    [
      "an authority that is no certificate",
      { cluster: { "certificate-authority-data": btoa("no PEM") } },
      /not in PEM/,
    ],
    ["a client certificate that is none", {
      user: { "client-certificate-data": btoa("no PEM"), "client-key-data": btoa("no PEM") },
    }, /./],
    ["a plugin that is not there", {
      user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "/nowhere/plugin" } },
    }, /nowhere\/plugin/],
    ["a plugin that fails", {
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1",
          command: "/bin/sh",
          args: ["-c", "echo locked >&2; exit 1"],
        },
      },
    }, /locked/],
  ] as const
) {
  Deno.test(`${what} is told when connecting`, () =>
    withFile(stringify(kubeconfig(parts)), async (file) => {
      await assert.rejects(connectToCluster({ kubeconfig: file }), (error: Error) =>
        error.message.startsWith("Cannot use the credentials for https://example.org:6443") &&
        why.test(error.message));
    }));
}

Deno.test("outside of a pod a kubeconfig is asked for", () =>
  withEnvironment({ KUBERNETES_SERVICE_HOST: undefined }, async () => {
    await assert.rejects(connectToCluster({ root: "/nowhere" }), {
      name: "OperatorError",
      message: "Cannot find the cluster: KUBERNETES_SERVICE_HOST is not set, so this is no pod " +
        "(name a kubeconfig with --kubeconfig)",
    });
  }));

Deno.test("a pod without a service account is told so", () =>
  withEnvironment({ KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" }, async () => {
    await assert.rejects(
      connectToCluster({ root: "/nowhere" }),
      /\/nowhere\/var\/run\/secrets.*automountServiceAccountToken/,
    );
  }));

Deno.test("the address of a cluster can be one of IPv6", () =>
  withEnvironment(
    { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" },
    () => withMount((root) => assert.equal(new ServiceAccount(root).server, "https://[fd00::1]:443")),
  ));

Deno.test("a pod's token and authority are told as they are at the moment", () =>
  withEnvironment(
    { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" },
    () =>
      withMount(async (root, mount) => {
        const account = new ServiceAccount(root);
        await replace(mount, { token: "first", "ca.crt": "authority" });
        assert.deepEqual(await account.identity(), {
          authority: "authority",
          certificate: "",
          key: "",
          headers: { authorization: "Bearer first" },
        });
        await replace(mount, { token: "second", "ca.crt": "another" });
        const { authority, headers } = await account.identity();
        assert.deepEqual([authority, headers.authorization], ["another", "Bearer second"]);
      }),
  ));

/** Runs a test with the directory of a service account that has two files. */
async function withMount(test: (root: string, mount: string) => Promise<void> | void): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "dramemory-account-" });
  const mount = `${root}/var/run/secrets/kubernetes.io/serviceaccount`;
  try {
    await Deno.mkdir(mount, { recursive: true });
    for (const name of ["token", "ca.crt"]) await Deno.symlink(`..data/${name}`, `${mount}/${name}`);
    await replace(mount, { token: "none", "ca.crt": "none" });
    await test(root, mount);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** As the kubelet does: a new directory, and a link that is renamed over the one to the old. */
async function replace(mount: string, files: Readonly<Record<string, string>>): Promise<void> {
  const directory = await Deno.makeTempDir({ dir: mount, prefix: "..version-" });
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${directory}/${name}`, text);
  await Deno.symlink(directory, `${mount}/..new`);
  await Deno.rename(`${mount}/..new`, `${mount}/..data`);
}

async function withFile(
  text: string,
  test: (file: string, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-kubeconfig-" });
  try {
    const file = join(directory, "kubeconfig");
    await Deno.writeTextFile(file, text);
    await test(file, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
