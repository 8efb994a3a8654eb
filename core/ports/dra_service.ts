/** A claim as the kubelet names it in a call: not checked in any way. */
export interface RequestedClaim {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** One prepared device in the answer to the kubelet. */
export interface PreparedDevice {
  /** Base request names, without subrequests. */
  readonly requestNames: readonly string[];
  readonly pool: string;
  readonly device: string;
  /** Fully qualified CDI device names. */
  readonly cdiDeviceIds: readonly string[];
  readonly shareId?: string;
}

/** What became of one claim of a prepare call. */
export type PrepareOutcome =
  | { readonly kind: "prepared"; readonly devices: readonly PreparedDevice[] }
  | { readonly kind: "failed"; readonly message: string };

/** What became of one claim of an unprepare call. */
export type UnprepareOutcome = { readonly kind: "unprepared" } | {
  readonly kind: "failed";
  readonly message: string;
};

/** A call for more claims than the driver takes at a time, which the kubelet makes again. */
export class TooManyClaimsError extends Error {
  override name = "TooManyClaimsError";
}

/**
 * The driver as the kubelet sees it (KEP-4381).
 *
 * Both calls are idempotent and answer for every uid that was asked for, and for no other; an error is a matter
 * of one claim. They never throw for what a claim says, but {@link TooManyClaimsError}, before anything is done.
 */
export interface DraService {
  prepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, PrepareOutcome>>;
  unprepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, UnprepareOutcome>>;
}
