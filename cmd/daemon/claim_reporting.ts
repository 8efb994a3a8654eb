import { ApiClaimReports } from "../../adapters/driver/kubernetes/api_claim_reports.ts";
import type { KubernetesConnection } from "../../adapters/driver/kubernetes/connection.ts";
import { log } from "../../adapters/driver/monitoring/log/log.ts";
import { Later } from "../../adapters/shared/async/later.ts";
import type { LoopHealth } from "../../adapters/shared/async/loop_health.ts";
import type { ReconcileLoop } from "../../adapters/shared/async/reconcile_loop.ts";
import { sleep } from "../../adapters/shared/async/sleep.ts";
import type { DriverEvent, Events } from "../../core/events/events.ts";
import { ReportClaims, type ReportClaimsPorts } from "../../core/use_cases/report_claims.ts";
import type { Part } from "./parts.ts";
import { claimsSlackMilliseconds, watchedLoop } from "./watched_loop.ts";

/** There is nothing to do unless asked to. */
const periodMilliseconds = 600_000;
/** The container is there by then, as a rule, and one write tells both. */
const delayMilliseconds = 2_000;

/** Reports on claims, wired: what happens is listened to, and written a while later. */
export class ClaimReporting implements Events, Part {
  readonly #reports: ReportClaims;
  readonly #loop: ReconcileLoop;
  readonly #later = new Later(delayMilliseconds, () => this.#loop.ask());
  readonly #stopping = new AbortController();

  constructor(cluster: KubernetesConnection, loops: LoopHealth, claims: ReportClaimsPorts["claims"]) {
    this.#reports = new ReportClaims({
      reports: new ApiClaimReports(cluster),
      claims,
      now: () => Date.now(),
      onRefused: (error) => log.warn("claims are not reported on for a while", { error }),
      onPending: () => this.#later.ask(),
      rest: (milliseconds) => sleep(milliseconds, this.#stopping.signal),
    });
    this.#loop = watchedLoop(loops, {
      name: "reporting",
      turn: () => this.#reports.run(),
      failed: (error) => log.warn("cannot report on claims, trying again", { error }),
      periodMilliseconds,
      slackMilliseconds: claimsSlackMilliseconds,
    });
  }

  emit(event: DriverEvent): void {
    this.#reports.emit(event);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#later.stop();
    this.#stopping.abort();
    await this.#loop.stop();
  }
}
