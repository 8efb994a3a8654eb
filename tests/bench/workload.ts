import { driverName } from "../../core/values/driver.ts";
import type { PrepareOutcome, UnprepareOutcome } from "../../core/ports/dra_service.ts";
import type { BenchNode } from "./bench_node.ts";
import type { BenchClaim } from "./objects.ts";

/** What the kubelet asks for a claim. */
export type Operation = "prepare" | "unprepare";

/** How some calls went. */
export interface Calls {
  /** Of each call. */
  readonly milliseconds: readonly number[];
  readonly perSecond: number;
}

/** How many calls the kubelet has under way at a time in the parallel cases. */
export const width = 64;

/** Has the driver prepare or unprepare claims, each in a call of its own, so many at a time. Throws for a failed one. */
export async function callAll(
  node: BenchNode,
  operation: Operation,
  claims: readonly BenchClaim[],
  atATime: number,
): Promise<Calls> {
  const milliseconds: number[] = [];
  const waiting = claims[Symbol.iterator]();
  const start = performance.now();
  await Promise.all(Array.from({ length: atATime }, async () => {
    // All of them take from one iterator.
    for (const claim of { [Symbol.iterator]: () => ({ next: () => waiting.next() }) }) {
      const before = performance.now();
      await call(node, operation, claim);
      milliseconds.push(performance.now() - before);
    }
  }));
  return { milliseconds, perSecond: claims.length / ((performance.now() - start) / 1000) };
}

/** Has the driver prepare or unprepare one claim; resolves with the CDI devices of a prepared one. */
export async function call(
  node: BenchNode,
  operation: Operation,
  claim: BenchClaim,
): Promise<readonly string[]> {
  const outcomes: Map<string, PrepareOutcome | UnprepareOutcome> = await node.kubelet[operation](driverName, [
    claim,
  ]);
  const outcome = outcomes.get(claim.uid);
  if (outcome?.kind === "prepared") return outcome.devices.flatMap(({ cdiDeviceIds }) => cdiDeviceIds);
  if (outcome?.kind === "unprepared") return [];
  throw new Error(`Cannot ${operation} ${claim.name}: ${outcome?.message ?? "no answer"}`);
}
