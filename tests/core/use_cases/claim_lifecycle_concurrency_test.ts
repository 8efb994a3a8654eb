import fc from "fast-check";
import assert from "node:assert/strict";
import { TooManyClaimsError } from "../../../core/ports/dra_service.ts";
import { ClaimLifecycle } from "../../../core/use_cases/claim_lifecycle.ts";
import { diskFull } from "../fakes/memory_checkpoint.ts";
import { allocatedClaim, GiB, MiB, resultOf, uidOf } from "../samples.ts";
import { driver, requested } from "./claim_driver.ts";

const memoryClaim = allocatedClaim(1, [resultOf("memory-numa0", 256n * MiB)]);
const otherClaim = allocatedClaim(2, [resultOf("memory-numa0", MiB)]);

Deno.test("two calls for one claim run one after the other, and have one answer", async () => {
  const { lifecycle, claims } = driver(memoryClaim);
  const gate = Promise.withResolvers<void>();
  claims.answering = () => gate.promise;
  const calls = [lifecycle.prepare([requested(1)]), lifecycle.prepare([requested(1)])];
  gate.resolve();
  const [first, second] = await Promise.all(calls);
  assert.deepEqual(first, second);
  assert.deepEqual(claims.asked, ["claim-1", "claim-1"]);
});

Deno.test("an unprepare that comes while the claim is being prepared has the last word", async () => {
  const { lifecycle, claims, store, checkpoint } = driver(memoryClaim);
  const gate = Promise.withResolvers<void>();
  claims.answering = () => gate.promise;
  const prepared = lifecycle.prepare([requested(1)]), unprepared = lifecycle.unprepare([requested(1)]);
  gate.resolve();
  assert.equal((await prepared).get(uidOf(1))?.kind, "prepared");
  assert.equal((await unprepared).get(uidOf(1))?.kind, "unprepared");
  assert.deepEqual([store.get(uidOf(1)), checkpoint.stored.size], [undefined, 0]);
});

Deno.test("a claim that the cluster is slow about does not hold up another", async () => {
  const { lifecycle, claims } = driver(memoryClaim, otherClaim);
  const gate = Promise.withResolvers<void>();
  claims.answering = (name) => name === "claim-1" ? gate.promise : Promise.resolve();
  const slow = lifecycle.prepare([requested(1)]);
  assert.equal((await lifecycle.prepare([requested(2)])).get(uidOf(2))?.kind, "prepared");
  gate.resolve();
  assert.equal((await slow).get(uidOf(1))?.kind, "prepared");
});

Deno.test("of a burst of claims some are looked up at a time, so that containers are answered for in between", async () => {
  const many = Array.from({ length: 40 }, (_, index) => index + 1);
  const { lifecycle, claims } = driver(
    ...many.map((number) => allocatedClaim(number, [resultOf("memory-numa0", MiB)])),
  );
  let underWay = 0, most = 0;
  claims.answering = async () => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve));
    underWay--;
  };
  const outcomes = await lifecycle.prepare(many.map(requested));
  assert.ok([...outcomes.values()].every(({ kind }) => kind === "prepared"));
  assert.equal(most, 16);
});

Deno.test("calls for more claims than the driver takes at a time fail at once, and are taken when there is room", async () => {
  const { lifecycle, claims, events } = driver(memoryClaim);
  const gate = Promise.withResolvers<void>();
  claims.answering = () => gate.promise;
  const many = Array.from({ length: 4_096 }, (_, index) => requested(index + 10));
  const flood = lifecycle.prepare(many);
  await assert.rejects(lifecycle.prepare([requested(1), requested(2)]), (error) => {
    assert.ok(error instanceof TooManyClaimsError);
    assert.match(error.message, /4096 are under way, 4096 at most/);
    return true;
  });
  assert.deepEqual(events.kinds(), ["claim-refused"]);
  gate.resolve();
  assert.equal((await flood).size, 4_096);
  assert.equal((await lifecycle.prepare([requested(1)])).get(uidOf(1))?.kind, "prepared");
});

Deno.test("when the kubelet's time is over, claims that still wait for the cluster fail with the reason", async () => {
  const many = Array.from({ length: 40 }, (_, index) => index + 1);
  const parts = driver(...many.map((number) => allocatedClaim(number, [resultOf("memory-numa0", MiB)])));
  const over = Promise.withResolvers<void>(), hanging = Promise.withResolvers<void>();
  let stopped = 0;
  const callTime = () => ({ over: over.promise, stop: () => void stopped++ });
  const lifecycle = new ClaimLifecycle({ ...parts, callTime });
  parts.claims.answering = (name) => name === "claim-1" ? Promise.resolve() : hanging.promise;
  const call = lifecycle.prepare(many.map(requested));
  while (parts.store.size === 0) await new Promise((resolve) => setTimeout(resolve));
  over.resolve();
  const outcomes = [...(await call).values()];
  assert.deepEqual(outcomes.map(({ kind }) => kind), ["prepared", ...Array(39).fill("failed")]);
  for (const outcome of outcomes.slice(1)) {
    assert.match(
      outcome.kind === "failed" ? outcome.message : "",
      /Cannot read claim default\/claim-\d+ in time/,
    );
  }
  // Nobody asks the cluster for what nobody waits for any more.
  hanging.resolve();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual([parts.claims.asked.length <= 18, stopped], [true, 1]);
});

Deno.test("claims prepared at the same time cannot be given the same bytes", async () => {
  const claim = (number: number) => allocatedClaim(number, [resultOf("memory-numa0", 768n * MiB)]);
  const { lifecycle, store } = driver(claim(1), claim(2));
  const outcomes = await lifecycle.prepare([requested(1), requested(2)]);
  assert.deepEqual([...outcomes.values()].map(({ kind }) => kind).sort(), ["failed", "prepared"]);
  assert.equal(store.usedBytes("memory-numa0"), 768n * MiB);
});

Deno.test("in whichever order the world answers, checkpoint and store agree and no device is overcommitted", async () => {
  const call = fc.record({
    kind: fc.constantFrom("prepare" as const, "prepare" as const, "unprepare" as const),
    numbers: fc.subarray([1, 2, 3, 4], { minLength: 1 }),
  });
  const failures = fc.infiniteStream(fc.constantFrom(undefined, undefined, diskFull));
  const calls = fc.array(call, { maxLength: 8 });
  await fc.assert(fc.asyncProperty(fc.scheduler(), calls, failures, async (scheduler, list, failing) => {
    const four = [1, 2, 3, 4].map((number) => allocatedClaim(number, [resultOf("memory-numa0", 400n * MiB)]));
    const { lifecycle, claims, checkpoint, store } = driver(...four);
    claims.answering = checkpoint.answering = () => scheduler.schedule(Promise.resolve());
    checkpoint.failing = () => failing.next().value ?? undefined;
    const answers = Promise.all(list.map(({ kind, numbers }) => lifecycle[kind](numbers.map(requested))));
    await scheduler.waitFor(answers);
    assert.deepEqual(
      (await answers).map((outcomes) => [...outcomes.keys()]),
      list.map(({ numbers }) => numbers.map(uidOf)),
    );
    assert.deepEqual(
      new Map([...store.claims()].map((claim) => [claim.reference.uid, claim])),
      checkpoint.stored,
    );
    assert.ok(store.usedBytes("memory-numa0") <= GiB);
  }));
});
