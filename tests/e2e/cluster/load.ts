import type { PodPlan } from "./objects.ts";
import type { TestNamespace } from "./test_namespace.ts";
import { delay } from "./wait.ts";

/** How pods come and go. */
export interface LoadPlan {
  readonly plan: PodPlan;
  /** Pods that are there and have not ended. */
  readonly atOnce: number;
  /** Pods that are created whatever happens. */
  readonly least: number;
}

const pauseMilliseconds = 500;

/**
 * Creates pods, one whenever another has ended, while something is going on and until there are as many as wanted.
 * Resolves to their names when both are done.
 */
export async function underLoad(
  namespace: TestNamespace,
  { plan, atOnce, least }: LoadPlan,
  event: () => Promise<void>,
): Promise<string[]> {
  const names: string[] = [];
  let over = false;
  const going = event().finally(() => over = true);
  going.catch(() => {}); // told below, where it is waited for
  while (!over || names.length < least) {
    if (await unfinished(namespace, names) < atOnce) {
      const name = `load-${names.length}`;
      names.push(name);
      await namespace.createPod(name, plan);
    }
    await delay(pauseMilliseconds);
  }
  await going;
  return names;
}

async function unfinished(namespace: TestNamespace, names: readonly string[]): Promise<number> {
  const pods = (await namespace.pods()).filter(({ metadata }) => names.includes(metadata?.name ?? ""));
  return pods.filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed").length;
}

/** Waits until all these pods have succeeded; resolves to where their memory was. */
export async function succeeded(
  namespace: TestNamespace,
  names: readonly string[],
): Promise<Readonly<Record<string, number>>[]> {
  const reports: Readonly<Record<string, number>>[] = [];
  for (const name of names) {
    const phase = await namespace.ended(name);
    if (phase !== "Succeeded") throw new Error(`Pod ${name} ended as ${phase}`);
    reports.push(await namespace.memoryOf(name));
  }
  return reports;
}
