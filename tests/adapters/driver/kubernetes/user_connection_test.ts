import assert from "node:assert/strict";
import { join } from "node:path";
import { connectAsUser } from "../../../../adapters/driver/kubernetes/user_connection.ts";
import { withEnvironment } from "./_environment.ts";

function kubeconfig(server: string, context: string, namespace?: string): string {
  return JSON.stringify({
    clusters: [{ name: "c", cluster: { server: `https://${server}` } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: context, context: { cluster: "c", user: "u", ...(namespace ? { namespace } : {}) } }],
    "current-context": context,
  });
}

async function withHome(
  files: Readonly<Record<string, string>>,
  variables: (home: string) => Readonly<Record<string, string | undefined>>,
  test: (home: string) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(home, ".kube"));
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(home, name), text);
    const environment = {
      HOME: home,
      KUBECONFIG: undefined,
      KUBERNETES_SERVICE_HOST: undefined,
      ...variables(home),
    };
    await withEnvironment(environment, () => test(home));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function found(options: { kubeconfig?: string; context?: string } = {}): Promise<string[]> {
  const { connection, namespace } = await connectAsUser(options);
  connection.close();
  return [connection.server, namespace];
}

Deno.test("without anything said it is the current context of ~/.kube/config, with its namespace", () =>
  withHome({ ".kube/config": kubeconfig("home", "x", "team") }, () => ({}), async () => {
    assert.deepEqual(await found(), ["https://home", "team"]);
  }));

Deno.test("of the files of KUBECONFIG the first one that has the context counts", () =>
  withHome(
    { a: kubeconfig("a", "first"), b: kubeconfig("b", "second") },
    (home) => ({ KUBECONFIG: `${home}/a:${home}/b` }),
    async () => {
      assert.deepEqual(await found(), ["https://a", "default"]);
      assert.deepEqual(await found({ context: "second" }), ["https://b", "default"]);
      await assert.rejects(found({ context: "third" }), /has no context third.*has no context third/s);
    },
  ));

Deno.test("a kubeconfig that is named counts above KUBECONFIG", () =>
  withHome(
    { a: kubeconfig("a", "x"), b: kubeconfig("b", "x") },
    (home) => ({ KUBECONFIG: `${home}/a` }),
    async (home) => {
      assert.deepEqual(await found({ kubeconfig: `${home}/b` }), ["https://b", "default"]);
    },
  ));

Deno.test("where there is no kubeconfig and no pod it says what it looked for", () =>
  withHome({}, () => ({}), async () => {
    await assert.rejects(found(), {
      name: "OperatorError",
      message:
        "Cannot find a cluster: KUBECONFIG is not set, there is no ~/.kube/config, and this is no pod " +
        "(name a kubeconfig with --kubeconfig)",
    });
  }));
