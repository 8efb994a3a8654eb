import assert from "node:assert/strict";
import { fieldAt } from "../../../../adapters/simulator/api_server/api_object.ts";
import { nodes, pods } from "../../../../adapters/simulator/api_server/resources.ts";
import { linesOf } from "../../../../adapters/driver/kubernetes/lines.ts";
import { type RunningServer, withServer } from "./_running_server.ts";

Deno.test("a watch without a version begins with what is there", () =>
  withServer(async (running) => {
    running.server.store.create(nodes, { metadata: { name: "a" } });
    const watch = await openWatch(running, "/api/v1/nodes?watch=true");
    running.server.store.create(nodes, { metadata: { name: "b" } });
    assert.deepEqual(await take(watch, 2), ["ADDED a", "ADDED b"]);
  }));

Deno.test("a watch from a version tells what happened since, with the versions", () =>
  withServer(async (running) => {
    const { store } = running.server;
    const { metadata } = store.create(nodes, { metadata: { name: "a" } });
    store.replace(nodes, metadata, { metadata: {}, spec: { x: 1 } });
    store.remove(nodes, metadata);
    const watch = await openWatch(
      running,
      `/api/v1/nodes?watch=true&resourceVersion=${metadata.resourceVersion}`,
    );
    assert.deepEqual(await take(watch, 2), ["MODIFIED a", "DELETED a"]);
  }));

Deno.test("only what is selected is told", () =>
  withServer(async (running) => {
    const selected = "/api/v1/namespaces/team/pods?watch=true&fieldSelector=spec.nodeName%3Dnode-a";
    const watch = await openWatch(running, selected);
    const add = (name: string, nodeName: string, namespace: string) =>
      running.server.store.create(pods, { metadata: { name }, spec: { nodeName } }, namespace);
    add("other-node", "node-b", "team");
    add("other-namespace", "node-a", "other");
    running.server.store.create(nodes, { metadata: { name: "other-kind" } });
    add("wanted", "node-a", "team");
    assert.deepEqual(await take(watch, 1), ["ADDED wanted"]);
  }));

Deno.test("a version that is forgotten is answered by an error event", () =>
  withServer(async (running) => {
    const { store } = running.server;
    const since = store.version;
    store.create(nodes, { metadata: { name: "a" } });
    store.history.compact();
    const response = await running.send("GET", `/api/v1/nodes?watch=true&resourceVersion=${since}`);
    const event = await response.json();
    assert.deepEqual([event.type, event.object.code, event.object.reason], ["ERROR", 410, "Expired"]);
  }));

Deno.test("a watch ends after the time that was asked for, with a bookmark for those who want one", () =>
  withServer(async (running) => {
    const response = await running.send(
      "GET",
      "/api/v1/nodes?watch=true&allowWatchBookmarks=true&timeoutSeconds=0",
    );
    const event = await response.json();
    assert.deepEqual([event.type, event.object.metadata.resourceVersion], [
      "BOOKMARK",
      running.server.store.version,
    ]);
    assert.equal(running.server.openWatches, 0);
  }));

Deno.test("a client that does not read is cut off", () =>
  withServer(async (running) => {
    const response = await running.send("GET", "/api/v1/nodes?watch=true");
    const data = "x".repeat(100_000);
    for (let index = 0; running.server.openWatches > 0; index++) {
      running.server.store.create(nodes, { metadata: { name: `node-${index}` }, spec: { data } });
    }
    await response.body?.cancel();
  }));

async function openWatch({ send }: RunningServer, path: string): Promise<AsyncGenerator<string>> {
  const { body } = await send("GET", path);
  assert.ok(body);
  return linesOf(body, { maxBytes: 2 ** 20, idleMilliseconds: 5_000 });
}

/** The next events of a watch, as type and name; closes it then. */
async function take(watch: AsyncGenerator<string>, count: number): Promise<string[]> {
  const events: string[] = [];
  for await (const line of watch) {
    const event: unknown = JSON.parse(line);
    events.push(`${fieldAt(event, "type")} ${fieldAt(event, "object.metadata.name")}`);
    if (events.length === count) break;
  }
  return events;
}
