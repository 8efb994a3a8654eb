import { leaveMilliseconds } from "../../adapters/driver/kubernetes/api_error.ts";
import { Backoff } from "../../adapters/shared/async/backoff.ts";
import type { LoopHealth } from "../../adapters/shared/async/loop_health.ts";
import { ReconcileLoop } from "../../adapters/shared/async/reconcile_loop.ts";
import { messageOf } from "../../core/values/message_of.ts";

/** Something that the driver does again and again. */
export interface LoopOptions {
  /** As `/healthz` calls it. */
  readonly name: string;
  readonly turn: () => Promise<void>;
  /** Told why a turn failed. */
  readonly failed: (message: string) => void;
  readonly periodMilliseconds: number;
  /** How long it may work for, and wait after a failure, before it counts as stuck. */
  readonly slackMilliseconds?: number;
}

/** For a loop that works for a while. */
export const usualSlackMilliseconds = 120_000;
/** For one that asks the API server for each prepared claim, one after the other, at the pace that it is allowed. */
export const claimsSlackMilliseconds = 30 * 60_000;

/** A loop whose turns are watched. */
export function watchedLoop(
  health: LoopHealth,
  { name, turn, failed, periodMilliseconds, slackMilliseconds = usualSlackMilliseconds }: LoopOptions,
): ReconcileLoop {
  const turned = health.watch(name, periodMilliseconds + slackMilliseconds);
  return new ReconcileLoop(
    () => (turned(), turn()),
    (error) => failed(messageOf(error)),
    periodMilliseconds,
    usualBackoff(),
    { leaveMilliseconds },
  );
}

/** From a tenth of a second to half a minute: quick for a blip, kind to a server that is down. */
export function usualBackoff(): Backoff {
  return new Backoff(100, 30_000, Math.random);
}
