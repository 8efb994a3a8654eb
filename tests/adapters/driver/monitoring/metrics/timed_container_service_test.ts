import assert from "node:assert/strict";
import { TimedContainerService } from "../../../../../adapters/driver/monitoring/metrics/timed_container_service.ts";
import { containerId } from "../../../../../core/values/ids.ts";
import type {
  AdjustmentOutcome,
  ContainerService,
  Sandbox,
} from "../../../../../core/ports/container_service.ts";
import { podOf } from "../../../../core/samples.ts";
import { ManualClock, newMetrics } from "./metrics.ts";
import { valueOf } from "./_parse.ts";

const sandbox = { reference: podOf(1), cgroupParent: "/kubepods" };
const applied = { mems: "", hugetlbBytes: new Map() };
const container = { id: containerId("c1"), name: "main", environment: [], applied };
const unclaimed: AdjustmentOutcome = { kind: "unclaimed" };
const refused: AdjustmentOutcome = { kind: "refused", message: "no" };

Deno.test("a container that is answered at once is passed on as it is, without a promise", () => {
  const { service, seconds } = timed(() => unclaimed);
  assert.equal(service.adjust(sandbox, container), unclaimed);
  assert.deepEqual(seconds("create_container", "ok"), { count: 1, sum: 0.002 });
});

Deno.test("a container that has to be waited for is observed when it is decided on", async () => {
  const { service, seconds, decided } = timed(() => decided.promise);
  const adjusting = service.adjust(sandbox, container);
  assert.equal(seconds("create_container", "ok").count, 0);
  decided.resolve({ kind: "adjusted", adjustment: { mems: "0", hugetlbBytes: new Map() } });
  assert.equal((await adjusting).kind, "adjusted");
  assert.deepEqual(seconds("create_container", "ok"), { count: 1, sum: 0.002 });
});

Deno.test("an update is a question of its own", () => {
  const { service, seconds } = timed(() => unclaimed);
  assert.equal(service.update(sandbox, container), unclaimed);
  assert.deepEqual(seconds("update_container", "ok"), { count: 1, sum: 0.002 });
  assert.equal(seconds("create_container", "ok").count, 0);
});

const failures: [string, () => AdjustmentOutcome | Promise<AdjustmentOutcome>][] = [
  ["refused at once", () => refused],
  ["refused later", () => Promise.resolve(refused)],
  ["rejected", () => Promise.reject(new Error("broken"))],
  ["thrown for", () => {
    throw new Error("broken");
  }],
];
for (const [name, adjust] of failures) {
  Deno.test(`a container that is ${name} is an error`, async () => {
    const { service, seconds } = timed(adjust);
    await Promise.try(() => service.adjust(sandbox, container)).catch(({ message }) =>
      assert.equal(message, "broken")
    );
    assert.deepEqual(seconds("create_container", "error"), { count: 1, sum: 0.002 });
    assert.equal(seconds("create_container", "ok").count, 0);
  });
}

Deno.test("a container that shows no variable is observed as the question that it is", () => {
  const { service, seconds } = timed(() => refused);
  for (const question of ["create", "update"] as const) {
    assert.equal(service.unclaimed(question), unclaimed);
    assert.deepEqual(seconds(`${question}_container`, "ok"), { count: 1, sum: 0.002 });
  }
});

Deno.test("a synchronization is observed as one request, whether it succeeds or not", async () => {
  const { service, seconds } = timed(() => unclaimed);
  assert.equal((await service.synchronize([])).size, 0);
  assert.equal(seconds("synchronize", "ok").count, 1);

  const broken = timed(() => unclaimed, () => Promise.reject(new Error("broken")));
  await assert.rejects(broken.service.synchronize([]), /broken/);
  assert.equal(broken.seconds("synchronize", "error").count, 1);
});

Deno.test("a removal of a container is observed, one of a pod is passed on", async () => {
  const { service, seconds, sandboxesRemoved } = timed(() => unclaimed);
  await service.removed(sandbox, container);
  service.sandboxRemoved(sandbox);
  assert.equal(seconds("remove_container", "ok").count, 1);
  assert.deepEqual(sandboxesRemoved, [sandbox]);
});

/** A timed service whose inner one takes two milliseconds to answer. */
function timed(
  adjust: () => AdjustmentOutcome | Promise<AdjustmentOutcome>,
  synchronize: ContainerService["synchronize"] = () => Promise.resolve(new Map()),
) {
  const { metrics } = newMetrics();
  const clock = new ManualClock();
  const sandboxesRemoved: Sandbox[] = [];
  const decide = () => {
    clock.milliseconds += 2;
    return adjust();
  };
  const inner: ContainerService = {
    adjust: decide,
    update: decide,
    unclaimed: () => {
      clock.milliseconds += 2;
      return unclaimed;
    },
    synchronize,
    removed: () => Promise.resolve(),
    sandboxRemoved: (removed) => void sandboxesRemoved.push(removed),
  };
  return {
    sandboxesRemoved,
    decided: Promise.withResolvers<AdjustmentOutcome>(),
    service: new TimedContainerService(inner, metrics, clock.now),
    seconds: (operation: string, result: string) => {
      const text = metrics.render();
      const value = (suffix: string) =>
        valueOf(
          text,
          `dramemory_nri_request_duration_seconds_${suffix}{operation="${operation}",result="${result}"}`,
        );
      return { count: value("count"), sum: value("sum") };
    },
  };
}
