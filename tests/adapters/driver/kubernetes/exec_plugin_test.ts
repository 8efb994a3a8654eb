import assert from "node:assert/strict";
import { ExecPlugin } from "../../../../adapters/driver/kubernetes/exec_plugin.ts";
import type { ExecConfig } from "../../../../adapters/driver/kubernetes/kubeconfig_context.ts";

const apiVersion = "client.authentication.k8s.io/v1";

/** A program that is a line of shell. */
function shell(script: string, more: Partial<ExecConfig> = {}): ExecConfig {
  return {
    apiVersion,
    command: "/bin/sh",
    args: ["-c", script],
    env: [],
    installHint: "",
    cluster: undefined,
    ...more,
  };
}

function credential(status: object): string {
  return JSON.stringify({ apiVersion, kind: "ExecCredential", status });
}

Deno.test("a token, and a certificate with its key, are those that the program prints", async () => {
  const status = { token: "t", clientCertificateData: "PEM", clientKeyData: "KEY" };
  assert.deepEqual(await new ExecPlugin(shell(`echo '${credential(status)}'`)).credential(), {
    token: "t",
    certificate: "PEM",
    key: "KEY",
  });
});

Deno.test("the program is told what is wanted, in its own environment as well", async () => {
  const script = `printf '{"kind":"ExecCredential","status":{"token":"%s"}}' ` +
    `"$(printf %s "$EXTRA $KUBERNETES_EXEC_INFO" | base64 -w0)"`;
  const cluster = { server: "https://example.org" };
  const plugin = new ExecPlugin(shell(script, { env: [{ name: "EXTRA", value: "more" }], cluster }));
  const [extra = "", info = ""] = atob((await plugin.credential()).token).split(/ (.*)/s);
  assert.equal(extra, "more");
  assert.deepEqual(JSON.parse(info), {
    kind: "ExecCredential",
    apiVersion,
    spec: { interactive: false, cluster },
  });
});

Deno.test("the program is asked again when what it gave has expired, and once for all who wait", async () => {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-exec-" });
  try {
    const status = credential({ token: "t", expirationTimestamp: "2030-01-01T00:00:00Z" });
    let now = Date.parse("2029-12-31T23:59:59Z");
    const plugin = new ExecPlugin(shell(`echo called >>${directory}/calls; echo '${status}'`), () => now);
    const calls = async () => (await Deno.readTextFile(`${directory}/calls`)).split("\n").length - 1;
    await Promise.all([plugin.credential(), plugin.credential()]);
    await plugin.credential();
    assert.equal(await calls(), 1);
    now += 1_000;
    await plugin.credential();
    assert.equal(await calls(), 2);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

for (
  const [what, config, why] of [
    ["fails", shell("echo locked >&2; exit 3"), /failed with 3: locked$/],
    ["prints no JSON", shell("echo secret"), /did not print JSON$/],
    [
      "prints something else",
      shell(`echo '{"kind":"secret"}'`),
      /did not print an ExecCredential: see kind$/,
    ],
    ["provides nothing", shell(`echo '${credential({})}'`), /neither a token nor a certificate$/],
    [
      "speaks another version",
      shell(`echo '${credential({ token: "t" })}'`, { apiVersion: "client.authentication.k8s.io/v1beta1" }),
      /answered in client\.authentication\.k8s\.io\/v1 instead of/,
    ],
    [
      "is not there",
      shell("", { command: "/nowhere/login", installHint: "get it from IT\n" }),
      /cannot run the program \/nowhere\/login: .*\(get it from IT\)$/,
    ],
  ] as const
) {
  Deno.test(`a program that ${what} is told, and not what it printed`, async () => {
    await assert.rejects(
      new ExecPlugin(config).credential(),
      (error: Error) => why.test(error.message) && !error.message.includes("secret"),
    );
  });
}

Deno.test("after a failure the program is asked again", async () => {
  const plugin = new ExecPlugin(shell("exit 1"));
  await assert.rejects(plugin.credential());
  await assert.rejects(plugin.credential());
});
