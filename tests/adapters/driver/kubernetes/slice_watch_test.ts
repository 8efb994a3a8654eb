import assert from "node:assert/strict";
import type { LoggedRequest } from "../../../../adapters/simulator/api_server/faults.ts";
import { nodes, resourceSlices } from "../../../../adapters/simulator/api_server/resources.ts";
import type { SliceRepositoryOptions } from "../../../../adapters/driver/kubernetes/api_slice_repository.ts";
import { repositoryOf, sliceSpec } from "./_slices.ts";
import { type ClusterOptions, type TestCluster, withCluster } from "./_support.ts";
import { untilTrue } from "../../../until.ts";

Deno.test("a watch calls when it begins, and for every creation, change and removal", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    server.store.create(resourceSlices, { metadata: { name: "a" }, spec: sliceSpec() });
    await watch.called();
    const changed = { metadata: {}, spec: sliceSpec(undefined, 2) };
    server.store.replace(resourceSlices, { name: "a" }, changed);
    await watch.called();
    server.store.remove(resourceSlices, { name: "a" });
    await watch.called();
    assert.equal(watch.calls, 4);
  }));

Deno.test("slices of other nodes and drivers are not called for", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    const add = (name: string, fields: object) =>
      server.store.create(resourceSlices, { metadata: { name }, spec: { ...sliceSpec(), ...fields } });
    add("other-node", { nodeName: "node-b" });
    add("other-driver", { driver: "gpu.example" });
    add("own", {});
    await watch.called();
    assert.equal(watch.calls, 2);
  }));

Deno.test("a watch that the server closes goes on where it ended", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    server.closeWatches();
    server.store.create(resourceSlices, { metadata: { name: "a" }, spec: sliceSpec() });
    await watch.called();
    assert.equal(watch.calls, 2);
    assert.equal(server.requests.filter(isList).length, 1);
  }));

Deno.test("every watch that is taken up is a turn, whether or not there is anything to see", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    for (const turns of [2, 3]) {
      server.closeWatches();
      await untilTrue(() => watch.turns === turns);
      await untilTrue(() => server.requests.filter(isWatch).length === turns);
    }
  }));

Deno.test("a bookmark tells from where to go on", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    server.store.create(nodes, { metadata: { name: "unwatched" } });
    server.sendBookmarks();
    server.closeWatches();
    await untilTrue(() => server.requests.filter(isWatch).length === 2);
    assert.equal(server.requests.at(-1)?.query.get("resourceVersion"), server.store.version);
  }));

Deno.test("a version that the server has forgotten leads to a new list and a call", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    let blocked = true;
    server.faults = (request) => {
      if (!isWatch(request) || !blocked) return undefined;
      blocked = false;
      server.store.create(nodes, { metadata: { name: "unwatched" } });
      server.store.history.compact();
      return undefined;
    };
    server.closeWatches();
    await watch.called();
    assert.match(String(watch.failures[0]), /too old resource version/);
  }));

for (
  const fault of [
    { status: 401 },
    { status: 410 },
    { status: 429, retryAfterSeconds: 0 },
    { status: 500 },
    "close",
  ] as const
) {
  Deno.test(`a watch that meets ${JSON.stringify(fault)} is taken up again with a call`, () =>
    withWatch(async ({ server }, watch) => {
      await watch.called();
      let left = 3;
      server.faults = () => left-- > 0 ? fault : undefined;
      server.closeWatches();
      await watch.called();
      assert.equal(watch.failures.length, 3);
    }));
}

Deno.test("a watch that hangs is taken up again with a call", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    let left = 1;
    server.faults = () => left-- > 0 ? "hang" : undefined;
    server.closeWatches();
    await watch.called();
    assert.match(String(watch.failures[0]), /no answer within 100 ms/);
  }, { timeoutMilliseconds: 100 }));

Deno.test("a silent watch is taken up anew and misses nothing", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    await untilTrue(() => server.requests.filter(isWatch).length > 1);
    server.store.create(resourceSlices, { metadata: { name: "a" }, spec: sliceSpec() });
    await watch.called();
    assert.deepEqual(watch.failures, []);
  }, { watchIdleMilliseconds: 200 }));

Deno.test("a line that is no event starts the watch over", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    server.faults = (request) =>
      isWatch(request) && watch.failures.length === 0 ? { status: 200, plain: true } : undefined;
    server.closeWatches();
    await watch.called();
    assert.match(String(watch.failures[0]), /Cannot read a watch event/);
  }));

Deno.test("the server's end of a watch is asked for", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    assert.equal(server.requests.find(isWatch)?.query.get("timeoutSeconds"), "7");
  }, { watchTimeoutSeconds: 7 }));

Deno.test("an abort ends the watch at the server too", () =>
  withWatch(async ({ server }, watch) => {
    await watch.called();
    assert.equal(server.openWatches, 1);
    await watch.stop();
    await untilTrue(() => server.openWatches === 0);
  }));

/** A watch that runs, and what it said. */
class RunningWatch {
  readonly failures: unknown[] = [];
  calls = 0;
  turns = 0;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #awaited = 0;

  constructor(cluster: TestCluster, options: Partial<SliceRepositoryOptions>) {
    const repository = repositoryOf(cluster, {
      watchFailed: (error) => this.failures.push(error),
      watchTurned: () => this.turns++,
      ...options,
    });
    this.#running = repository.watch(() => this.calls++, this.#stopping.signal);
  }

  /** Waits for the next call that was not waited for yet. */
  called(): Promise<void> {
    const wanted = ++this.#awaited;
    return untilTrue(() => this.calls >= wanted);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}

async function withWatch(
  test: (cluster: TestCluster, watch: RunningWatch) => Promise<void>,
  options: ClusterOptions & Partial<SliceRepositoryOptions> = {},
): Promise<void> {
  await withCluster(async (cluster) => {
    const watch = new RunningWatch(cluster, options);
    try {
      await test(cluster, watch);
    } finally {
      await watch.stop();
    }
  }, options);
}

function isWatch({ query }: LoggedRequest): boolean {
  return query.get("watch") === "true";
}

function isList({ method, path, query }: LoggedRequest): boolean {
  return method === "GET" && path.endsWith("/resourceslices") && !query.has("watch");
}
