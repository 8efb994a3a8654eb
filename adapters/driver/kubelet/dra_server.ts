import type { Server } from "@grpc/grpc-js";
import {
  type DraService,
  type PreparedDevice,
  type PrepareOutcome,
  type RequestedClaim,
  TooManyClaimsError,
  type UnprepareOutcome,
} from "../../../core/ports/dra_service.ts";
import { draServices } from "../../protocols/kubelet/dra_versions.ts";
import type {
  Device,
  DRAPluginServer,
  NodePrepareResourceResponse,
  NodeUnprepareResourceResponse,
} from "../../protocols/kubelet/generated/dra_v1.ts";
import { unary } from "./unary.ts";
import { messageOf } from "../../../core/values/message_of.ts";

/**
 * Adds the DRA service in all of its versions. Every uid that the kubelet asks for is answered and no other
 * (KEP-4381: anything else fails the pod); what the service throws becomes the error of each claim, but a call for too
 * many claims fails as a whole, since an answer for each would be what it is refused for.
 */
export function addDraService(server: Server, service: DraService): void {
  const handlers: DRAPluginServer = {
    nodePrepareResources: unary(async ({ claims }) => ({
      claims: await answers<PrepareOutcome, NodePrepareResourceResponse>(
        claims,
        (requested) => service.prepare(requested),
        prepareAnswer,
      ),
    })),
    nodeUnprepareResources: unary(async ({ claims }) => ({
      claims: await answers<UnprepareOutcome, NodeUnprepareResourceResponse>(
        claims,
        (requested) => service.unprepare(requested),
        unprepareAnswer,
      ),
    })),
  };
  for (const version of Object.values(draServices)) server.addService(version, handlers);
}

interface Failure {
  readonly kind: "failed";
  readonly message: string;
}

async function answers<Outcome, Answer>(
  claims: readonly RequestedClaim[],
  ask: (claims: readonly RequestedClaim[]) => Promise<ReadonlyMap<string, Outcome>>,
  answer: (outcome: Outcome | Failure) => Answer,
): Promise<Record<string, Answer>> {
  let outcomes: ReadonlyMap<string, Outcome> = new Map();
  let missing = failure("The driver has no answer for this claim");
  try {
    outcomes = await ask(claims);
  } catch (error) {
    if (error instanceof TooManyClaimsError) throw error;
    missing = failure(`The driver failed: ${messageOf(error)}`);
  }
  return Object.fromEntries(claims.map(({ uid }) => [uid, answer(outcomes.get(uid) ?? missing)]));
}

function failure(message: string): Failure {
  return { kind: "failed", message };
}

function prepareAnswer(outcome: PrepareOutcome): NodePrepareResourceResponse {
  if (outcome.kind === "failed") return { devices: [], error: errorText(outcome) };
  return { devices: outcome.devices.map(deviceMessage), error: "" };
}

function unprepareAnswer(outcome: UnprepareOutcome): NodeUnprepareResourceResponse {
  return { error: outcome.kind === "failed" ? errorText(outcome) : "" };
}

/** On the wire an empty text means success. */
function errorText({ message }: Failure): string {
  return message || "The driver gave no reason";
}

function deviceMessage({ requestNames, pool, device, cdiDeviceIds, shareId }: PreparedDevice): Device {
  return {
    requestNames: [...requestNames],
    poolName: pool,
    deviceName: device,
    cdiDeviceIds: [...cdiDeviceIds],
    shareId,
  };
}
