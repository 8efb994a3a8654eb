import type { ClaimReference } from "../../../core/claims/claim.ts";
import {
  type ClaimReports,
  type DeviceReport,
  ReportRefusedError,
} from "../../../core/ports/claim_reports.ts";
import { driverName } from "../../../core/values/driver.ts";
import { ApiStatusError, clusterUnavailable, explain, isTransient } from "./api_error.ts";
import type { KubernetesConnection } from "./connection.ts";
import { claimPath } from "./resource_paths.ts";

/** Owns the entries of this driver, and only these: those of other drivers in the same claim stay. */
const query = "fieldManager=dramemory&force=true";

/** Nobody reads the answer: the server need not send the whole claim back. */
const metadataAlone = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/**
 * Writes `status.devices` of ResourceClaims by server-side apply, in one request that reads nothing. Takes `patch` on
 * `resourceclaims/status` and, from Kubernetes 1.36 on, `associated-node:patch` on `resourceclaims/driver`.
 */
export class ApiClaimReports implements ClaimReports {
  readonly #connection: KubernetesConnection;

  constructor(connection: KubernetesConnection) {
    this.#connection = connection;
  }

  async write({ namespace, name, uid }: ClaimReference, devices: readonly DeviceReport[]): Promise<void> {
    const task = `report on claim ${namespace}/${name}`;
    try {
      await this.#connection.exchangeText({
        method: "PATCH",
        path: `${claimPath(namespace, name)}/status?${query}`,
        headers: { "content-type": "application/apply-patch+yaml", accept: metadataAlone },
        body: {
          apiVersion: "resource.k8s.io/v1",
          kind: "ResourceClaim",
          // With the uid, a claim that was made anew by the same name is left alone.
          metadata: { namespace, name, uid },
          status: { devices: devices.map(deviceStatus) },
        },
      });
    } catch (error) {
      // 401: credentials are about to be renewed.
      if (isTransient(error) || !(error instanceof ApiStatusError) || error.status === 401) {
        throw clusterUnavailable(task, error);
      }
      const denied = lacksPermission(error);
      const remedy = denied
        ? " (apply the ClusterRole that `deploy/` has, or turn it off with --report-claims=false)"
        : "";
      throw new ReportRefusedError(
        `Cannot ${task}: ${explain(error)}${remedy}`,
        denied || error.status === 405 ? "driver" : "claim",
        { cause: error },
      );
    }
  }
}

/** What lacks on `resourceclaims/driver` alone, Kubernetes 1.36 calls invalid (422), and says so in words. */
function lacksPermission({ status, message }: ApiStatusError): boolean {
  return status === 403 || status === 422 && message.includes("resourceclaims/driver");
}

function deviceStatus({ pool, device, shareId, conditions }: DeviceReport) {
  return {
    driver: driverName,
    pool,
    device,
    ...(shareId === undefined ? {} : { shareID: shareId }),
    conditions: conditions.map(({ type, message, since }) => ({
      type,
      status: "True",
      reason: type,
      message,
      lastTransitionTime: new Date(since).toISOString(),
    })),
  };
}
