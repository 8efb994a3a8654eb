import assert from "node:assert/strict";
import type { SimulatedApiServer } from "../../../../adapters/simulator/api_server/simulated_api_server.ts";
import type { Fault } from "../../../../adapters/simulator/api_server/faults.ts";
import { resourceClaims } from "../../../../adapters/simulator/api_server/resources.ts";
import { ApiClaimSource } from "../../../../adapters/driver/kubernetes/api_claim_source.ts";
import { MalformedAnswerError } from "../../../../adapters/driver/kubernetes/api_error.ts";
import { ClusterUnavailableError } from "../../../../core/ports/claim_source.ts";
import { FakeClock } from "./_fake_clock.ts";
import { quickBackoff, withCluster } from "./_support.ts";

Deno.test("a claim is read with its allocation and the pods that it is reserved for", () =>
  withCluster(async ({ server, connection }) => {
    const uid = addClaim(server, {
      allocation: {
        devices: {
          results: [
            { request: "mem", driver: "dra.memory", pool: "node-a/memory", device: "memory-numa0" },
            {
              request: "huge",
              driver: "dra.memory",
              pool: "node-a/hugepages-2m",
              device: "hugepages-2m-numa0",
              shareID: "d3b0",
              consumedCapacity: { size: "64Mi" },
            },
          ],
          config: [{
            source: "FromClaim",
            requests: ["mem"],
            opaque: {
              driver: "dra.memory",
              parameters: { apiVersion: "dra.memory/v1alpha1", kind: "MemoryConfig", hugetlbfs: {} },
            },
          }],
        },
      },
      reservedFor: [
        { resource: "pods", name: "pod", uid: "pod-uid" },
        { apiGroup: "example.org", resource: "pods", name: "no-pod", uid: "other" },
        { resource: "services", name: "no-pod", uid: "other" },
      ],
    });

    const claim = await new ApiClaimSource(connection).claim("team", "claim");

    assert.deepEqual(claim, {
      reference: { namespace: "team", name: "claim", uid },
      allocation: {
        results: [
          { request: "mem", driver: "dra.memory", pool: "node-a/memory", device: "memory-numa0" },
          {
            request: "huge",
            driver: "dra.memory",
            pool: "node-a/hugepages-2m",
            device: "hugepages-2m-numa0",
            shareId: "d3b0",
            consumedCapacity: { size: "64Mi" },
          },
        ],
        configs: [{ source: "claim", requests: ["mem"], parameters: { hugetlbfs: {} } }],
      },
      reservedFor: [{ namespace: "team", name: "pod", uid: "pod-uid" }],
    });
  }));

Deno.test("a claim without a status is neither allocated nor reserved", () =>
  withCluster(async ({ server, connection }) => {
    const uid = addClaim(server);
    assert.deepEqual(await new ApiClaimSource(connection).claim("team", "claim"), {
      reference: { namespace: "team", name: "claim", uid },
      reservedFor: [],
    });
  }));

Deno.test("a claim that is not there is undefined", () =>
  withCluster(async ({ connection }) => {
    assert.equal(await new ApiClaimSource(connection).claim("team", "claim"), undefined);
  }));

Deno.test("a cluster without resource.k8s.io/v1 is told from a claim that is not there", () =>
  withCluster(async ({ server, connection }) => {
    const source = new ApiClaimSource(connection);
    server.faults = () => ({ status: 404, plain: true });
    await assert.rejects(source.claim("team", "claim"), /resource.k8s.io\/v1 is not served/);
  }));

for (const status of [400, 401, 403]) {
  Deno.test(`status ${status} is told at once`, () =>
    withCluster(async ({ server, connection }) => {
      server.faults = () => ({ status });
      await assert.rejects(new ApiClaimSource(connection).claim("team", "claim"), ClusterUnavailableError);
      assert.equal(server.requests.length, 1);
    }));
}

for (const fault of [{ status: 429 }, { status: 500 }, { status: 503 }, "close"] satisfies Fault[]) {
  Deno.test(`after ${typeof fault === "string" ? fault : fault.status} the claim is read again`, () =>
    withCluster(async ({ server, connection }) => {
      addClaim(server);
      failTimes(server, 2, fault);
      const source = new ApiClaimSource(connection, { newBackoff: quickBackoff });
      assert.equal((await source.claim("team", "claim"))?.reference.name, "claim");
      assert.equal(server.requests.length, 3);
    }));
}

Deno.test("Retry-After is waited for on top of the backoff", () =>
  withCluster(async ({ server, connection }) => {
    const clock = new FakeClock();
    addClaim(server);
    failTimes(server, 1, { status: 429, retryAfterSeconds: 7 });
    await new ApiClaimSource(connection, { newBackoff: quickBackoff, clock }).claim("team", "claim");
    assert.deepEqual(clock.sleeps, [7_000.5]);
  }));

Deno.test("a wait beyond the budget is not begun", () =>
  withCluster(async ({ server, connection }) => {
    server.faults = () => ({ status: 429, retryAfterSeconds: 30 });
    await assert.rejects(new ApiClaimSource(connection).claim("team", "claim"), {
      name: "ClusterUnavailableError",
      message: "Cannot read claim team/claim: injected fault 429 (HTTP status 429)",
    });
    assert.equal(server.requests.length, 1);
  }));

Deno.test("trying ends with the budget", () =>
  withCluster(async ({ server, connection }) => {
    const clock = new FakeClock();
    server.faults = () => ({ status: 503 });
    await assert.rejects(new ApiClaimSource(connection, { clock }).claim("team", "claim"), /503/);
    assert.ok(clock.now() > 10_000 && clock.now() < 20_000);
  }));

Deno.test("a server that does not answer is asked again on a new connection", () =>
  withCluster(async ({ server, connection }) => {
    addClaim(server);
    failTimes(server, 1, "hang");
    const source = new ApiClaimSource(connection, { newBackoff: quickBackoff });
    assert.equal((await source.claim("team", "claim"))?.reference.name, "claim");
  }, { timeoutMilliseconds: 100 }));

Deno.test("a server that never answers costs no more than the budget", () =>
  withCluster(async ({ server, connection }) => {
    server.faults = () => "hang";
    const source = new ApiClaimSource(connection, { budgetMilliseconds: 50 });
    await assert.rejects(source.claim("team", "claim"), {
      name: "ClusterUnavailableError",
      message: "Cannot read claim team/claim: no answer within 50 ms",
    });
  }));

Deno.test("an answer that is no claim is malformed", () =>
  withCluster(async ({ server, connection }) => {
    addClaim(server, { reservedFor: [{ resource: 1 }] });
    await assert.rejects(new ApiClaimSource(connection).claim("team", "claim"), MalformedAnswerError);
  }));

for (const body of ["null", "[]", "[null]", '""', "0", "{}", '{"metadata":null}', "{", ""]) {
  Deno.test(`the answer ${JSON.stringify(body)} is malformed, and not that there is no claim`, () =>
    withCluster(async ({ server, connection }) => {
      server.faults = () => ({ body });
      await assert.rejects(new ApiClaimSource(connection).claim("team", "claim"), /Cannot read/);
      assert.equal(server.requests.length, 1);
    }));
}

Deno.test("a hundred claims at once are all read", () =>
  withCluster(async ({ server, connection }) => {
    addClaim(server);
    const source = new ApiClaimSource(connection);
    const claims = await Promise.all(Array.from({ length: 100 }, () => source.claim("team", "claim")));
    assert.ok(claims.every((claim) => claim?.reference.name === "claim"));
  }));

/** Adds the claim team/claim and returns its uid. */
function addClaim(server: SimulatedApiServer, status?: unknown): string {
  const { metadata } = server.store.create(resourceClaims, { metadata: { name: "claim" }, spec: {} }, "team");
  if (status !== undefined) server.store.replace(resourceClaims, metadata, { metadata, status }, true);
  return metadata.uid;
}

function failTimes(server: SimulatedApiServer, times: number, fault: Fault): void {
  let left = times;
  server.faults = () => left-- > 0 ? fault : undefined;
}
