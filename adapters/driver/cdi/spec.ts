import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { encodeEnvironment } from "../../../core/claims/environment.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { driverName } from "../../../core/values/driver.ts";
import type { ClaimUid } from "../../../core/values/ids.ts";
import { formatRecord, parseRecord, type RecordedClaim, RecordError } from "./record.ts";

/** The vendor and class of every device that this driver injects. */
export const cdiKind = `${driverName}/claim`;

/** Carries the driver's record of the claim; runtimes keep annotations and do not look into them. */
const recordAnnotation = `${driverName}/record`;

/** A CDI specification as far as this driver writes it (container-device-interface, SPEC.md). */
export interface CdiSpec {
  /** 0.6.0 is the first version with annotations; newer than needed would only shut out older runtimes. */
  readonly cdiVersion: "0.6.0";
  readonly kind: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly devices: readonly {
    readonly name: string;
    readonly containerEdits: { readonly env: readonly string[] };
  }[];
}

/**
 * The specification of a claim: one device for each of its requests, so that a container which names one request
 * gets the variables of that request alone.
 */
export function specOf(recorded: RecordedClaim): CdiSpec {
  const { claim } = recorded;
  return {
    cdiVersion: "0.6.0",
    kind: cdiKind,
    annotations: { [recordAnnotation]: formatRecord(recorded) },
    devices: environmentsOf(claim).map((environment) => ({
      name: deviceName(claim.reference.uid, environment.request),
      containerEdits: { env: encodeEnvironment(environment) },
    })),
  };
}

/** The fully qualified name of the device that stands for a request of a claim. */
export function cdiDeviceId(claim: PreparedClaim, request: string): string {
  const single = environmentsOf(claim).length === 1;
  return `${cdiKind}=${deviceName(claim.reference.uid, single ? undefined : request)}`;
}

/** Reads the claim back out of its specification's text. Throws {@link RecordError}. */
export function recordOfSpec(text: string): RecordedClaim {
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch (cause) {
    throw new RecordError("Cannot read the CDI specification: it is no JSON", { cause });
  }
  const annotations = property(spec, "annotations");
  const record = property(annotations, recordAnnotation);
  if (typeof record !== "string") {
    throw new RecordError(`Cannot read the CDI specification: the annotation ${recordAnnotation} is missing`);
  }
  return parseRecord(record);
}

function deviceName(uid: ClaimUid, request: string | undefined): string {
  return request === undefined ? uid : `${uid}_${request}`;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
