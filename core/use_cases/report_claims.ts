import type { PreparedClaim } from "../claims/claim.ts";
import { cpusetMems } from "../claims/shares.ts";
import type { DriverEvent, Events } from "../events/events.ts";
import {
  type ClaimReports,
  type DeviceCondition,
  type DeviceReport,
  ReportRefusedError,
} from "../ports/claim_reports.ts";
import type { ClaimUid } from "../values/ids.ts";
import { shortQuantity } from "../values/human_bytes.ts";
import { formatCgroupPageSize } from "../values/page_size.ts";
import { hugepageSizeOf } from "../values/resource_name.ts";

/** What reporting works with. */
export interface ReportClaimsPorts {
  readonly reports: ClaimReports;
  /** The claims that are prepared. */
  readonly claims: { get(uid: ClaimUid): PreparedClaim | undefined };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told why nothing is written for a while. */
  readonly onRefused: (message: string) => void;
  /** Called when there is something to write. */
  readonly onPending: () => void;
  /** Waits so many milliseconds; resolves to false, at once, when the driver is ending. */
  readonly rest: (milliseconds: number) => Promise<boolean>;
}

/**
 * After each write it rests for so many times what that took, and for so many milliseconds at most: the reports on a
 * burst of claims take a fifth of what the API server and this process have for the claims that come next.
 */
const restsOfWrite = 4, maxRestMilliseconds = 1_000;

/** A driver without the permission asks for it so often: somebody may be about to give it. */
const quietMilliseconds = 600_000;

/** What is known of a claim, and how much of it is written. */
interface Entry {
  readonly claim: PreparedClaim;
  readonly prepared: number;
  placed: { readonly container: string; readonly since: number } | undefined;
  written: "nothing" | "prepared" | "placed";
}

/**
 * Tells the cluster, in `status.devices` of each claim, that it is prepared and, once its container exists, where that
 * was placed: at most two writes a claim, and one where the container is there before the first.
 *
 * It only listens: whoever prepares and adjusts never waits for it. It knows no more claims than are prepared. What a
 * former instance of the driver wrote stays.
 */
export class ReportClaims implements Events {
  readonly #ports: ReportClaimsPorts;
  readonly #entries = new Map<ClaimUid, Entry>();
  #quietUntil = 0;

  constructor(ports: ReportClaimsPorts) {
    this.#ports = ports;
  }

  emit(event: DriverEvent): void {
    switch (event.kind) {
      case "claim-prepared":
        this.#entries.set(event.claim.reference.uid, this.#entry(event.claim));
        return this.#ports.onPending();
      case "container-adjusted":
        for (const uid of event.claims) this.#place(uid, event.container);
        return;
      case "claim-unprepared":
      case "orphan-collected":
      case "claim-superseded":
        this.#entries.delete(event.claim.reference.uid);
    }
  }

  /** Writes what is pending, one claim after the other. Throws the first `ClusterUnavailableError`, after the others. */
  async run(): Promise<void> {
    const { now, rest } = this.#ports;
    const failures: unknown[] = [];
    for (const [uid, entry] of this.#entries) {
      const start = now();
      if (start < this.#quietUntil) return;
      const level = entry.placed === undefined ? "prepared" : "placed";
      if (entry.written === level || entry.written === "placed") continue;
      try {
        await this.#ports.reports.write(entry.claim.reference, devicesOf(entry));
        entry.written = level;
      } catch (error) {
        if (!(error instanceof ReportRefusedError)) failures.push(error);
        else this.#giveUp(uid, error);
      }
      const wanted = (now() - start) * restsOfWrite;
      if (!await rest(Math.max(0, Math.min(wanted, maxRestMilliseconds)))) return;
    }
    if (failures.length > 0) throw failures[0];
  }

  #giveUp(uid: ClaimUid, { scope, message }: ReportRefusedError): void {
    if (scope === "claim") this.#entries.delete(uid);
    else {
      this.#quietUntil = this.#ports.now() + quietMilliseconds;
      this.#ports.onRefused(message);
    }
  }

  #entry(claim: PreparedClaim): Entry {
    return { claim, prepared: this.#ports.now(), placed: undefined, written: "nothing" };
  }

  #place(uid: ClaimUid, container: string): void {
    const known = this.#entries.get(uid);
    const claim = known?.claim ?? this.#ports.claims.get(uid);
    if (claim === undefined || known?.placed !== undefined) return;
    const entry = known ?? this.#entry(claim);
    entry.placed = { container, since: this.#ports.now() };
    this.#entries.set(uid, entry);
    this.#ports.onPending();
  }
}

function devicesOf({ claim: { allocations }, prepared, placed }: Entry): DeviceReport[] {
  const mems = cpusetMems(allocations);
  return allocations.map(({ pool, device, shareId, resource, numaNode, bytes }) => {
    const size = hugepageSizeOf(resource);
    const limit = size === undefined
      ? ""
      : `, ${shortQuantity(bytes)} of hugetlb ${formatCgroupPageSize(size)}`;
    const conditions: DeviceCondition[] = [{
      type: "Prepared",
      message: `${shortQuantity(bytes)} of ${resource} on NUMA node ${numaNode}`,
      since: prepared,
    }];
    if (placed !== undefined) {
      conditions.push({
        type: "Placed",
        message: `container ${placed.container}: cpuset.mems ${mems}${limit}`,
        since: placed.since,
      });
    }
    return { pool, device, ...(shareId === undefined ? {} : { shareId }), conditions };
  });
}
