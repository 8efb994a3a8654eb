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

Deno.test("the files of KUBECONFIG count together, and those that are missing do not", () =>
  withHome(
    { a: kubeconfig("a", "first"), b: kubeconfig("b", "second"), empty: "" },
    (home) => ({ KUBECONFIG: `${home}/none:${home}/empty:${home}/a:${home}/b` }),
    async () => {
      assert.deepEqual(await found(), ["https://a", "default"]);
      // Both call their cluster c: of one name the first counts, as for kubectl.
      assert.deepEqual(await found({ context: "second" }), ["https://a", "default"]);
      await assert.rejects(found({ context: "third" }), /has no context third/);
    },
  ));

Deno.test("a file of KUBECONFIG that cannot be understood is told, whatever the others have", () =>
  withHome(
    { a: "clusters: [", b: kubeconfig("b", "x") },
    (home) => ({ KUBECONFIG: `${home}/a:${home}/b` }),
    async (home) => {
      await assert.rejects(found(), (error: Error) =>
        error.name === "OperatorError" &&
        error.message.startsWith(`Cannot understand the kubeconfig ${home}/a: `));
    },
  ));

Deno.test("where every file of KUBECONFIG is missing it says which", () =>
  withHome({}, (home) => ({ KUBECONFIG: `${home}/a:${home}/b` }), async (home) => {
    await assert.rejects(found(), {
      name: "OperatorError",
      message: `Cannot find a cluster: there is no ${home}/a and no ${home}/b, and this is no pod ` +
        "(name a kubeconfig with --kubeconfig)",
    });
  }));

Deno.test("a kubeconfig that is named counts above KUBECONFIG", () =>
  withHome(
    { a: kubeconfig("a", "x"), b: kubeconfig("b", "x") },
    (home) => ({ KUBECONFIG: `${home}/a` }),
    async (home) => {
      assert.deepEqual(await found({ kubeconfig: `${home}/b` }), ["https://b", "default"]);
    },
  ));

Deno.test("where there is no kubeconfig and no pod it says what it looked for", () =>
  withHome({}, () => ({}), async (home) => {
    await assert.rejects(found(), {
      name: "OperatorError",
      message: `Cannot find a cluster: there is no ${home}/.kube/config, and this is no pod ` +
        "(name a kubeconfig with --kubeconfig)",
    });
  }));
