import type {
  PreparedDevice,
  PrepareOutcome,
  RequestedClaim,
  UnprepareOutcome,
} from "../../../core/ports/dra_service.ts";
import { draServices, type DraVersion } from "../../protocols/kubelet/dra_versions.ts";
import type { Device } from "../../protocols/kubelet/generated/dra_v1.ts";
import { UnixGrpcClient } from "../../shared/deno_workarounds/unix_grpc_client.ts";

/** A driver's answer is not one that the kubelet takes. */
export class DraAnswerError extends Error {
  override name = "DraAnswerError";
}

/** How long the kubelet waits for either call. */
const deadlineMilliseconds = 45_000;

/** The kubelet's side of the DRA API. Every call throws {@link DraAnswerError} and `GrpcCallError`. */
export class DraClient {
  readonly #client: UnixGrpcClient;

  /** `endpoint` is the path of the driver's DRA socket, dialed with the first call. */
  constructor(endpoint: string) {
    this.#client = new UnixGrpcClient(endpoint);
  }

  /** What became of each claim. */
  async prepare(
    version: DraVersion,
    claims: readonly RequestedClaim[],
  ): Promise<Map<string, PrepareOutcome>> {
    const method = draServices[version].nodePrepareResources;
    const { claims: answers } = await this.#client.call(
      method,
      { claims: [...claims] },
      deadlineMilliseconds,
    );
    return outcomes(
      claims,
      answers,
      ({ devices, error }) =>
        error === ""
          ? { kind: "prepared", devices: devices.map(preparedDevice) }
          : { kind: "failed", message: error },
    );
  }

  /** What became of each claim. */
  async unprepare(
    version: DraVersion,
    claims: readonly RequestedClaim[],
  ): Promise<Map<string, UnprepareOutcome>> {
    const method = draServices[version].nodeUnprepareResources;
    const { claims: answers } = await this.#client.call(
      method,
      { claims: [...claims] },
      deadlineMilliseconds,
    );
    return outcomes(
      claims,
      answers,
      ({ error }) => error === "" ? { kind: "unprepared" } : { kind: "failed", message: error },
    );
  }

  /** Makes the calls under way fail. */
  cancel(): void {
    this.#client.cancel();
  }

  /** Ends the connection once the calls under way are through. */
  close(): Promise<void> {
    return this.#client.close();
  }
}

/** The kubelet fails the pod unless exactly the claims that it asked for are answered. */
function outcomes<Answer, Outcome>(
  claims: readonly RequestedClaim[],
  answers: Readonly<Record<string, Answer>>,
  outcome: (answer: Answer) => Outcome,
): Map<string, Outcome> {
  const asked = new Set(claims.map(({ uid }) => uid));
  const answered = new Map(Object.entries(answers));
  const missing = [...asked].filter((uid) => !answered.has(uid));
  const surplus = [...answered.keys()].filter((uid) => !asked.has(uid));
  if (missing.length + surplus.length > 0) {
    throw new DraAnswerError(
      `Cannot take the driver's answer: missing claims [${missing}], claims not asked for [${surplus}]`,
    );
  }
  return new Map([...answered].map(([uid, answer]) => [uid, outcome(answer)]));
}

function preparedDevice(
  { requestNames, poolName, deviceName, cdiDeviceIds, shareId }: Device,
): PreparedDevice {
  return {
    requestNames,
    pool: poolName,
    device: deviceName,
    cdiDeviceIds,
    ...(shareId === undefined ? {} : { shareId }),
  };
}
