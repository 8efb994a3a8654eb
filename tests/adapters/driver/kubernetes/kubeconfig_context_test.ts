import assert from "node:assert/strict";
import { stringify } from "yaml";
import { currentContext } from "../../../../adapters/driver/kubernetes/kubeconfig_context.ts";
import { understood } from "../../../../adapters/driver/kubernetes/kubeconfig_file.ts";

function contextOf(user: object | null, cluster: object = {}) {
  const text = stringify({
    clusters: [{ name: "c", cluster: { server: "https://example.org:6443/", ...cluster } }],
    users: [{ name: "other", user: { token: "no" } }, { name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
    preferences: {},
  });
  return currentContext([understood("/etc/kube/config", text)]);
}

Deno.test("a user without credentials has none, and the server no slash at its end", () => {
  const { server, ...rest } = contextOf(null);
  assert.equal(server, "https://example.org:6443");
  assert.deepEqual(Object.values(rest).filter((value) => value !== undefined), []);
});

Deno.test("data stands above a file, whose path is one from the kubeconfig's directory", () => {
  const { authority, certificate, key } = contextOf({
    "client-certificate": "u.crt",
    "client-certificate-data": btoa("certificate"),
    "client-key": "keys/u.key",
  }, { "certificate-authority": "/pki/ca.crt" });
  assert.deepEqual({ authority, certificate, key }, {
    authority: { path: "/pki/ca.crt" },
    certificate: { text: "certificate" },
    key: { path: "/etc/kube/keys/u.key" },
  });
});

Deno.test("a token's file stands above the token", () => {
  assert.deepEqual(contextOf({ token: "a", tokenFile: "token" }).token, { path: "/etc/kube/token" });
  assert.deepEqual(contextOf({ token: "a" }).token, { text: "a" });
});

Deno.test("a program is called by a path from the kubeconfig's directory or by a name of PATH", () => {
  const apiVersion = "client.authentication.k8s.io/v1";
  const exec = (command: string) => contextOf({ exec: { apiVersion, command, args: null } }).exec;
  assert.equal(exec("bin/login")?.command, "/etc/kube/bin/login");
  assert.equal(exec("login")?.command, "login");
  assert.deepEqual(exec("login")?.args, []);
  assert.equal(exec("login")?.cluster, undefined);
});

Deno.test("a program learns of the cluster what it asks for", () => {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "login",
    provideClusterInfo: true,
  };
  assert.deepEqual(contextOf({ exec }, { "certificate-authority-data": "QQ==" }).exec?.cluster, {
    server: "https://example.org:6443/",
    "certificate-authority-data": "QQ==",
  });
});

for (
  const [user, why] of [
    [{ "auth-provider": { name: "oidc" } }, /auth-provider/],
    [{ username: "admin", password: "x" }, /username/],
    [{ as: "somebody" }, /impersonating/],
    [{ exec: { apiVersion: "client.authentication.k8s.io/v1alpha1", command: "a" } }, /v1alpha1/],
    [{
      exec: { apiVersion: "client.authentication.k8s.io/v1", command: "a", interactiveMode: "Always" },
    }, /terminal/],
    [{ token: 1 }, /token/],
  ] as const
) {
  Deno.test(`${JSON.stringify(user)} is refused`, () => {
    assert.throws(
      () => contextOf(user),
      (error: Error) => error.name === "OperatorError" && why.test(error.message),
    );
  });
}

Deno.test("of several files the first counts that has an entry, with paths from its own directory", () => {
  const file = (path: string, content: object) => understood(path, stringify(content));
  const found = currentContext([
    file("/a/config", { "current-context": "x", users: [{ name: "u", user: { tokenFile: "token" } }] }),
    file("/b/config", {
      "current-context": "y",
      clusters: [{ name: "c", cluster: { server: "https://b", "certificate-authority": "ca.crt" } }],
      users: [{ name: "u", user: { token: "never" } }],
    }),
    file("/c/config", { contexts: [{ name: "x", context: { cluster: "c", user: "u" } }] }),
  ]);
  assert.deepEqual(
    [found.server, found.authority, found.token],
    ["https://b", { path: "/b/ca.crt" }, { path: "/a/token" }],
  );
});

Deno.test("what a file has wrong is told with that file's name", () => {
  const without = understood("/a/config", stringify({ "current-context": "x" }));
  const plain = understood(
    "/b/config",
    stringify({
      clusters: [{ name: "c", cluster: { server: "http://b" } }],
      users: [{ name: "u" }, { name: "other", user: { exec: { apiVersion: "of/v9", command: "a" } } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    }),
  );
  assert.throws(
    () => currentContext([without, plain]),
    /^OperatorError: Cannot use the kubeconfig \/b\/config: /,
  );
  assert.throws(() => currentContext([without]), /^OperatorError: Cannot use the kubeconfig \/a\/config: /);
  assert.throws(
    () => understood("/c/pod.yaml", "kind: Pod"),
    /kubeconfig \/c\/pod\.yaml: kind: "Config" is wanted$/,
  );
});
