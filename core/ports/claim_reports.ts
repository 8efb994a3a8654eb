import type { ClaimReference } from "../claims/claim.ts";

/** A condition of a device in `status.devices` of a claim. */
export interface DeviceCondition {
  readonly type: "Prepared" | "Placed";
  readonly message: string;
  /** When it came about, in milliseconds since 1970. */
  readonly since: number;
}

/** What the driver tells of a device that a claim was given. */
export interface DeviceReport {
  readonly pool: string;
  readonly device: string;
  readonly shareId?: string;
  readonly conditions: readonly DeviceCondition[];
}

/** Tells the cluster what became of claims. */
export interface ClaimReports {
  /**
   * Makes a claim's report what is given, in one write. Bounded in time. Throws {@link ReportRefusedError} for what will
   * not go better later, and `ClusterUnavailableError`.
   */
  write(claim: ClaimReference, devices: readonly DeviceReport[]): Promise<void>;
}

/** The cluster does not take a report. */
export class ReportRefusedError extends Error {
  override name = "ReportRefusedError";
  constructor(
    message: string,
    /** `claim`: not this one, as when it is gone. `driver`: none at all, as long as the driver lacks the permission. */
    readonly scope: "claim" | "driver",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
