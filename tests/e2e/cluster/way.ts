import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import { collectionOf } from "../../peers/kube_apiserver/manifests.ts";
import type { Api } from "./api.ts";
import { documentedWords } from "./documented_ways.ts";
import type { ApiObject } from "./pending_objects.ts";
import { clusterTest, type SuiteContext } from "./suite.ts";
import { waitFor } from "./wait.ts";

/** A way in which the pod `p` stays pending. */
export interface Way {
  /** Resolves to whether this cluster can have it; all can unless given. */
  readonly possible?: (api: Api) => Promise<boolean>;
  /** Created in this order, in a namespace of the test's own. */
  readonly objects: readonly ApiObject[];
  /** Runs around the creation and the explanation: makes the way, and takes it back. */
  readonly around?: (context: SuiteContext, action: () => Promise<void>) => Promise<void>;
  /** Is done once the objects are there. */
  readonly then?: (context: SuiteContext) => Promise<void>;
}

const explainSeconds = 60;
const program = Deno.env.get("E2E_DRAMEMORY") ??
  fileURLToPath(new URL("../../../bin/dramemory", import.meta.url));

/** Registers a test: `dramemory explain p` says of this way what the documentation has it say. */
export function wayTest(way: string, { possible, objects, around, then }: Way): void {
  const words = documentedWords(way);
  clusterTest(`explain names the cause: ${way}`, {
    needs: () => Promise.resolve(true),
    run: async (context) => {
      if (await possible?.(context.api) === false) {
        console.log("left out: this cluster cannot have it");
        return;
      }
      const action = async () => {
        await createAll(context, objects);
        await then?.(context);
        const text = await saying(context, words);
        const { status } = await context.api.get<V1Pod>(
          `/api/v1/namespaces/${context.namespace.name}/pods/p`,
        );
        const ready = status?.containerStatuses?.every(({ state }) => state?.running !== undefined) ?? false;
        assert.ok(!ready, `the pod runs, and explain says\n${text}`);
      };
      await (around === undefined ? action() : around(context, action));
    },
  });
}

/** Creates objects in the test's namespace. */
export async function createAll(
  { api, namespace }: SuiteContext,
  objects: readonly ApiObject[],
): Promise<void> {
  for (const { metadata, ...rest } of objects) {
    const object = { ...rest, metadata: { ...metadata, namespace: namespace.name } };
    await api.create(collectionOf(object), object);
  }
}

/** Waits until `explain` says so of the pod `p`, as the events and objects come in that it goes by. */
async function saying({ namespace }: SuiteContext, words: RegExp): Promise<string> {
  return await waitFor(`explain to say ${words}`, explainSeconds, async () => {
    const { stdout, stderr } = await new Deno.Command(program, {
      args: ["explain", "-n", namespace.name, "p"],
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    return words.test(text) ? { value: text } : { missing: text };
  });
}
