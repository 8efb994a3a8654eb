import assert from "node:assert/strict";
import { SimulatedKubelet } from "../../../../adapters/simulator/kubelet/simulated_kubelet.ts";
import {
  type PrepareOutcome,
  type RequestedClaim,
  TooManyClaimsError,
} from "../../../../core/ports/dra_service.ts";
import { claim, driver, type FakeDraService, pluginIn, running, withDirectory } from "./fixture.ts";

/** Runs a test with a driver that a kubelet has registered. */
function withKubelet(
  test: (kubelet: SimulatedKubelet, service: FakeDraService) => Promise<void>,
): Promise<void> {
  return withDirectory(async (root) => {
    const { plugin, service } = pluginIn(root);
    const kubelet = new SimulatedKubelet({ root });
    await running([kubelet, plugin], async () => {
      await kubelet.registered(driver);
      await test(kubelet, service);
    });
  });
}

function failed(message: string): PrepareOutcome {
  return { kind: "failed", message };
}

for (const version of ["v1", "v1beta1"] as const) {
  Deno.test(`claims are prepared and unprepared in ${version}`, () =>
    withKubelet(async (kubelet, service) => {
      service.outcome = ({ uid }) => ({
        kind: "prepared",
        devices: [
          { requestNames: ["r", "s"], pool: "p", device: "d", cdiDeviceIds: [`c=${uid}`], shareId: "share" },
          { requestNames: [], pool: "p", device: "e", cdiDeviceIds: [] },
        ],
      });

      const prepared = await kubelet.prepare(driver, [claim("a"), claim("b")], version);
      const unprepared = await kubelet.unprepare(driver, [claim("a")], version);

      assert.deepEqual(
        prepared,
        new Map([["a"], ["b"]].map(([name]) => {
          const requested = claim(String(name));
          return [requested.uid, service.outcome(requested)];
        })),
      );
      assert.deepEqual(unprepared, new Map([["uid-a", { kind: "unprepared" }]]));
      assert.deepEqual(service.unprepared, ["uid-a"]);
    }));
}

Deno.test("an error is that of one claim", () =>
  withKubelet(async (kubelet, service) => {
    service.outcome = ({ name }) =>
      name === "bad" ? failed("no such device") : { kind: "prepared", devices: [] };

    const outcomes = await kubelet.prepare(driver, [claim("good"), claim("bad")]);

    assert.deepEqual(outcomes.get("uid-good"), { kind: "prepared", devices: [] });
    assert.deepEqual(outcomes.get("uid-bad"), failed("no such device"));
  }));

Deno.test("a failure without words is a failure all the same", () =>
  withKubelet(async (kubelet, service) => {
    service.outcome = () => failed("");

    const outcomes = await kubelet.prepare(driver, [claim("a")]);

    assert.equal(outcomes.get("uid-a")?.kind, "failed");
  }));

Deno.test("what the service throws is the error of each claim, and the driver goes on", () =>
  withKubelet(async (kubelet, service) => {
    service.outcome = () => {
      throw new Error("the sky fell");
    };
    service.unprepare = () => {
      throw new Error("before it was asynchronous");
    };

    const prepared = await kubelet.prepare(driver, [claim("a"), claim("b")]);
    const unprepared = await kubelet.unprepare(driver, [claim("a")]);

    assert.deepEqual(prepared.get("uid-a"), failed("The driver failed: the sky fell"));
    assert.deepEqual(prepared.get("uid-b"), failed("The driver failed: the sky fell"));
    assert.deepEqual(unprepared.get("uid-a"), failed("The driver failed: before it was asynchronous"));
  }));

Deno.test("exactly the uids that were asked for are answered, whatever the service says", () =>
  withKubelet(async (kubelet, service) => {
    const prepared: PrepareOutcome = { kind: "prepared", devices: [] };
    service.prepare = () => Promise.resolve(new Map([["uid-a", prepared], ["uid-of-nobody", prepared]]));

    const outcomes = await kubelet.prepare(driver, [claim("a"), claim("forgotten"), claim("a")]);

    assert.deepEqual(
      outcomes,
      new Map([
        ["uid-a", prepared],
        ["uid-forgotten", failed("The driver has no answer for this claim")],
      ]),
    );
  }));

Deno.test("200 calls are answered side by side", () =>
  withKubelet(async (kubelet, service) => {
    const gate = Promise.withResolvers<void>();
    service.gate = gate.promise;
    const calls = Array.from({ length: 200 }, (_, index) => kubelet.prepare(driver, [claim(`${index}`)]));
    const all = Promise.all(calls);
    while (service.running < 200) await new Promise((resolve) => setTimeout(resolve, 5));

    gate.resolve();

    assert.deepEqual(
      (await all).map((outcomes) => [...outcomes.keys()]),
      Array.from({ length: 200 }, (_, index) => [`uid-${index}`]),
    );
  }));

Deno.test("a request of 60 KB passes, and an answer of 3 MB", () =>
  withKubelet(async (kubelet, service) => {
    const claims: RequestedClaim[] = Array.from({ length: 400 }, (_, index) => ({
      namespace: "n".repeat(125),
      name: `${index}`,
      uid: `uid-${index}`,
    }));
    service.outcome = () => failed("e".repeat(8_000));

    const outcomes = await kubelet.prepare(driver, claims);

    assert.equal(outcomes.size, 400);
    assert.deepEqual(outcomes.get("uid-399"), failed("e".repeat(8_000)));
  }));

Deno.test("a call for too many claims fails as a whole, with the reason", () =>
  withKubelet(async (kubelet, service) => {
    service.outcome = () => {
      throw new TooManyClaimsError("Cannot take more claims now");
    };
    await assert.rejects(
      kubelet.prepare(driver, [claim("a")]),
      /RESOURCE_EXHAUSTED: Cannot take more claims now/,
    );
  }));

Deno.test("an empty request has an empty answer", () =>
  withKubelet(async (kubelet) => {
    assert.deepEqual(await kubelet.prepare(driver, []), new Map());
  }));
