import assert from "node:assert/strict";
import { fieldAt } from "../../../../adapters/simulator/api_server/api_object.ts";
import { type RunningServer, withServer } from "./_running_server.ts";
import { untilTrue } from "../../../until.ts";

const nodes = "/api/v1/nodes";
const claims = "/apis/resource.k8s.io/v1/namespaces/team/resourceclaims";

Deno.test("only its own token is let in", () =>
  withServer(async ({ server, send, request }) => {
    const unknown = await send("GET", nodes, { headers: { authorization: "Bearer other" } });
    assert.equal(unknown.status, 401);
    assert.equal(fieldAt(await unknown.json(), "reason"), "Unauthorized");
    server.rotateToken();
    assert.equal((await request("GET", nodes)).status, 200);
  }));

Deno.test("an object is created, read, listed and removed", () =>
  withServer(async ({ request }) => {
    const created = await request("POST", nodes, {
      metadata: { name: "a", labels: { x: "y" } },
      spec: { z: 1 },
    });
    assert.equal(created.status, 201);
    assert.deepEqual(pick(created, "apiVersion", "kind", "metadata.name", "metadata.labels.x", "spec.z"), [
      "v1",
      "Node",
      "a",
      "y",
      1,
    ]);
    assert.match(String(fieldAt(created.body, "metadata.uid")), /^[0-9a-f-]{36}$/);
    assert.deepEqual((await request("GET", `${nodes}/a`)).body, created.body);
    const list = await request("GET", nodes);
    assert.deepEqual(pick(list, "kind", "items.length", "items.0"), ["NodeList", 1, created.body]);
    assert.equal((await request("DELETE", `${nodes}/a`)).status, 200);
    assert.deepEqual(pick(await request("GET", `${nodes}/a`), "code", "reason"), [404, "NotFound"]);
  }));

Deno.test("names are made up from a prefix, cut to what fits", () =>
  withServer(async ({ request }) => {
    const names = [];
    for (const generateName of ["short-", "long-".repeat(30)]) {
      names.push(
        fieldAt((await request("POST", nodes, { metadata: { generateName } })).body, "metadata.name"),
      );
    }
    assert.match(String(names[0]), /^short-[a-z0-9]{5}$/);
    assert.equal(String(names[1]).length, 63);
  }));

Deno.test("names that exist or are none are refused", () =>
  withServer(async ({ request }) => {
    await request("POST", nodes, { metadata: { name: "a" } });
    const again = await request("POST", nodes, { metadata: { name: "a" } });
    assert.deepEqual(pick(again, "code", "reason"), [409, "AlreadyExists"]);
    const upperCase = await request("POST", nodes, { metadata: { name: "A" } });
    assert.deepEqual(pick(upperCase, "code", "details.causes.0.field"), [422, "metadata.name"]);
  }));

Deno.test("an update needs the version that is there, if it names one", () =>
  withServer(async ({ request }) => {
    const { body } = await request("POST", nodes, { metadata: { name: "a" }, spec: { x: 1 } });
    const resourceVersion = fieldAt(body, "metadata.resourceVersion");
    const update = (metadata: object, x: number) =>
      request("PUT", `${nodes}/a`, { metadata: { name: "a", ...metadata }, spec: { x } });
    assert.equal((await update({ resourceVersion }, 2)).status, 200);
    assert.deepEqual(pick(await update({ resourceVersion }, 3), "code", "reason"), [409, "Conflict"]);
    assert.equal((await update({ uid: "other" }, 3)).status, 409);
    assert.equal((await update({}, 3)).status, 200);
    assert.equal((await update({ name: "b" }, 3)).status, 400);
  }));

Deno.test("an update that changes nothing changes no version", () =>
  withServer(async ({ server, request }) => {
    const { body } = await request("POST", nodes, { metadata: { name: "a" }, spec: { x: 1 } });
    const { version } = server.store;
    assert.deepEqual((await request("PUT", `${nodes}/a`, body)).body, body);
    assert.equal(server.store.version, version);
  }));

Deno.test("a status is written by itself, and stays when the rest is replaced", () =>
  withServer(async ({ request }) => {
    const metadata = { name: "c" };
    await request("POST", claims, { metadata, spec: { x: 1 }, status: { ignored: true } });
    assert.equal(fieldAt((await request("GET", `${claims}/c`)).body, "status"), undefined);
    await request("PUT", `${claims}/c/status`, { metadata, spec: { x: 2 }, status: { y: 1 } });
    assert.deepEqual(pick(await request("GET", `${claims}/c`), "spec.x", "status.y"), [1, 1]);
    await request("PUT", `${claims}/c`, { metadata, spec: { x: 3 }, status: { y: 2 } });
    assert.deepEqual(pick(await request("GET", `${claims}/c`), "spec.x", "status.y"), [3, 1]);
  }));

Deno.test("a removal can be bound to a version and a uid", () =>
  withServer(async ({ request }) => {
    const { body } = await request("POST", nodes, { metadata: { name: "a" } });
    const remove = (preconditions: object) => request("DELETE", `${nodes}/a`, { preconditions });
    assert.equal((await remove({ resourceVersion: "0" })).status, 409);
    assert.equal((await remove({ uid: "other" })).status, 409);
    const resourceVersion = fieldAt(body, "metadata.resourceVersion");
    assert.equal((await remove({ resourceVersion, uid: fieldAt(body, "metadata.uid") })).status, 200);
  }));

Deno.test("namespaces keep objects apart", () =>
  withServer(async ({ request }) => {
    await request("POST", claims, { metadata: { name: "c" } });
    await request("POST", claims.replace("team", "other"), { metadata: { name: "c" } });
    assert.deepEqual(pick(await request("GET", claims), "items.length", "items.0.metadata.namespace"), [
      1,
      "team",
    ]);
    const all = await request("GET", "/apis/resource.k8s.io/v1/resourceclaims");
    assert.deepEqual(pick(all, "items.length"), [2]);
  }));

Deno.test("a collection is removed as far as it is selected", () =>
  withServer(async ({ request }) => {
    const pods = "/api/v1/namespaces/team/pods";
    for (const name of ["a", "b"]) {
      await request("POST", pods, { metadata: { name }, spec: { nodeName: name } });
    }
    await request("DELETE", `${pods}?fieldSelector=spec.nodeName%3Da`);
    assert.deepEqual(pick(await request("GET", pods), "items.length", "items.0.metadata.name"), [1, "b"]);
  }));

Deno.test("a field that cannot be selected by is refused", () =>
  withServer(async ({ request }) => {
    assert.equal((await request("GET", `${nodes}?fieldSelector=spec.x%3Da`)).status, 400);
  }));

Deno.test("what is not served, not allowed or not understood is told apart", () =>
  withServer(async ({ send, request }) => {
    const status = async (method: string, path: string, init?: RequestInit) => {
      const response = await send(method, path, init);
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await status("GET", "/apis/apps/v1/deployments"), 404);
    assert.equal(await status("GET", "/apis/resource.k8s.io/v1beta1/resourceslices"), 404);
    assert.equal(await status("PATCH", nodes, { body: "{}" }), 405);
    assert.equal(await status("POST", nodes, { body: "{" }), 400);
    assert.equal(await status("POST", nodes, { body: "{}", headers: { "content-type": "text/yaml" } }), 415);
    assert.equal((await request("POST", nodes, {})).status, 400);
    assert.equal(await status("POST", nodes, { body: " ".repeat(4 * 2 ** 20) }), 413);
  }));

Deno.test("faults take the place of answers", () =>
  withServer(async ({ server, send }) => {
    server.faults = ({ method, path }) =>
      method === "GET" && path === nodes ? { status: 429, retryAfterSeconds: 3 } : undefined;
    const refused = await send("GET", nodes);
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "3"]);
    assert.equal(fieldAt(await refused.json(), "reason"), "TooManyRequests");
    server.faults = () => "close";
    await assert.rejects(send("GET", nodes).then((response) => response.text()), TypeError);
  }));

Deno.test("requests are remembered", () =>
  withServer(async ({ server, request }) => {
    await request("GET", `${nodes}?fieldSelector=`);
    assert.deepEqual(server.requests.map(({ method, path }) => [method, path]), [["GET", nodes]]);
  }));

Deno.test("stopping ends watches and requests that hang", () =>
  withServer(async ({ server, send }) => {
    const watch = await send("GET", `${nodes}?watch=true`);
    server.faults = () => "hang";
    const hanging = send("GET", nodes).then((response) => response.text());
    await untilTrue(() => server.requests.length === 2);
    await Promise.all([server.stop(), assert.rejects(hanging), watch.text()]);
    assert.throws(() => server.url, /not started/);
  }));

function pick(
  { body }: Awaited<ReturnType<RunningServer["request"]>>,
  ...paths: readonly string[]
): unknown[] {
  return paths.map((path) => fieldAt(body, path));
}
