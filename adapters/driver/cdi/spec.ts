import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { driverName } from "../../../core/values/driver.ts";
import type { ClaimUid } from "../../../core/values/ids.ts";
import {
  type CheckpointedClaim,
  CheckpointTextError,
  formatCheckpoint,
  parseCheckpoint,
} from "./checkpoint_text.ts";
import { type ContainerEdits, containerEdits } from "./container_edits.ts";
import { formatInjections, parseInjections } from "./injections_text.ts";

/** The vendor and class of every device that this driver injects. */
export const cdiKind = `${driverName}/claim`;

/** Carries the driver's checkpoint of the claim; runtimes keep annotations and do not look into them. */
const checkpointAnnotation = `${driverName}/record`;
/** Carries what the container is given, for the driver; the runtime has it from the devices. */
const injectionsAnnotation = `${driverName}/injections`;
/** Carries the name of the container that uses the claim. */
const containerAnnotation = `${driverName}/container`;

/** A CDI specification as far as this driver writes it (container-device-interface, SPEC.md). */
export interface CdiSpec {
  /** 0.6.0 is the first version with annotations; newer than needed would only shut out older runtimes. */
  readonly cdiVersion: "0.6.0";
  readonly kind: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly devices: readonly {
    readonly name: string;
    readonly containerEdits: ContainerEdits;
  }[];
}

/**
 * The specification of a claim: one device for each of its requests, so that a container which names one request
 * gets the variables and mounts of that request alone. `metadataPath` names the file with a request's metadata.
 */
export function specOf(
  checkpointed: CheckpointedClaim,
  metadataPath: (uid: ClaimUid, request: string) => string,
): CdiSpec {
  const { claim } = checkpointed;
  return {
    cdiVersion: "0.6.0",
    kind: cdiKind,
    annotations: {
      [checkpointAnnotation]: formatCheckpoint(checkpointed),
      ...(claim.container === undefined ? {} : { [containerAnnotation]: claim.container }),
      ...(claim.injections === undefined ? {} : { [injectionsAnnotation]: formatInjections(claim) }),
    },
    devices: requestsOf(claim).map(({ request, environment }) => ({
      name: deviceName(claim.reference.uid, environment.request),
      containerEdits: containerEdits(
        environment,
        claim.injections?.find((injection) => injection.request === request),
        metadataPath(claim.reference.uid, request),
      ),
    })),
  };
}

/** The requests of a claim, each with its environment; see `environmentsOf`, whose order this is. */
function requestsOf(claim: PreparedClaim) {
  const requests = [...new Set(claim.allocations.map(({ request }) => request))];
  const environments = environmentsOf(claim);
  return requests.flatMap((request, index) => {
    const environment = environments[index];
    return environment === undefined ? [] : [{ request, environment }];
  });
}

/** The fully qualified name of the device that stands for a request of a claim. */
export function cdiDeviceId(claim: PreparedClaim, request: string): string {
  const single = environmentsOf(claim).length === 1;
  return `${cdiKind}=${deviceName(claim.reference.uid, single ? undefined : request)}`;
}

/** Reads the claim back out of its specification's text. Throws {@link CheckpointTextError}. */
export function checkpointOfSpec(text: string): CheckpointedClaim {
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointTextError("Cannot read the CDI specification: it is no JSON", { cause });
  }
  const annotations = property(spec, "annotations");
  const checkpoint = property(annotations, checkpointAnnotation);
  if (typeof checkpoint !== "string") {
    throw new CheckpointTextError(
      `Cannot read the CDI specification: the annotation ${checkpointAnnotation} is missing`,
    );
  }
  const { claim, bootId } = parseCheckpoint(checkpoint);
  const container = property(annotations, containerAnnotation);
  const injections = property(annotations, injectionsAnnotation);
  return {
    claim: {
      ...claim,
      ...(typeof container === "string" ? { container } : {}),
      ...(typeof injections === "string" ? parseInjections(injections) : {}),
    },
    bootId,
  };
}

function deviceName(uid: ClaimUid, request: string | undefined): string {
  return request === undefined ? uid : `${uid}_${request}`;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
