import type { Namespace as V1Namespace } from "kubernetes-types/core/v1";
import { Api } from "./api.ts";
import { TestNamespace } from "./test_namespace.ts";
import { waitFor } from "./wait.ts";

/** What a test works with. */
export interface SuiteContext {
  readonly api: Api;
  readonly namespace: TestNamespace;
}

/** A test, and what the cluster must have for it. */
export interface ClusterTest<T> {
  /** Resolves to what the test needs, or to undefined when this cluster has no such thing. */
  readonly needs: (api: Api) => Promise<T | undefined>;
  readonly run: (context: SuiteContext, found: T) => Promise<void>;
}

/** Where everything is there that the suites need, a test that is left out counts as failed. */
const leaveNothingOut = Deno.env.get("E2E_LEAVE_NOTHING_OUT") === "1";

const namespaces = "/api/v1/namespaces";
const removalSeconds = 120;

/** Registers a test with a namespace of its own, which is removed afterwards. It is left out where it lacks a need. */
export function clusterTest<T>(name: string, { needs, run }: ClusterTest<T>): void {
  Deno.test(name, async () => {
    using api = await Api.connect();
    const found = await needs(api);
    if (found === undefined) {
      if (leaveNothingOut) {
        throw new Error("Cannot do without this test, and the cluster lacks what it needs");
      }
      console.log("left out: the cluster lacks what this test needs");
      return;
    }
    const { metadata } = await api.create<V1Namespace>(namespaces, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { generateName: "dramemory-e2e-" },
    });
    const namespace = new TestNamespace(api, metadata?.name ?? "");
    try {
      await run({ api, namespace }, found);
    } catch (error) {
      console.error(await namespace.description());
      throw error;
    } finally {
      await remove(api, namespace.name);
    }
  });
}

/** Tells what a long test does next, and when. */
export function step(name: string): void {
  console.log(`${new Date().toTimeString().slice(0, 8)} ${name}`);
}

/** Removes a namespace and waits until all in it is gone: the next test counts on the node's pages. */
async function remove(api: Api, name: string): Promise<void> {
  await api.delete(`${namespaces}/${name}`);
  await waitFor(`namespace ${name} to go`, removalSeconds, async () => {
    const found = await api.find<V1Namespace>(`${namespaces}/${name}`);
    if (found === undefined) return { value: undefined };
    return { missing: found.status?.conditions?.map(({ message }) => message).join("; ") ?? "it is there" };
  });
}
