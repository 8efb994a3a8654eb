import { createHash } from "node:crypto";
import type { PodUid } from "../../../core/values/ids.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** Where a driver meets the kubelet. */
export interface SocketPaths {
  /** The DRA service. Its path is told to the kubelet, so it must be the same for both. */
  readonly dra: string;
  /** The registration service, in the directory where the kubelet looks for plugins. */
  readonly registration: string;
}

/** What the paths depend on. */
export interface SocketOwner {
  /** The kubelet's state directory, usually `/var/lib/kubelet`. */
  readonly kubeletRoot: string;
  readonly driver: string;
  /** For rolling updates: the instance's pod, so that the old and the new one have sockets of their own. */
  readonly podUid?: PodUid;
}

/** `sun_path` of unix(7) has 108 bytes, the last of which ends the text. */
const maxPathBytes = 107;

/**
 * The paths of a driver's sockets, as the kubelet's plugins usually name them and, with a pod's uid, as the helper
 * library of the Kubernetes project names them for rolling updates (Kubernetes 1.33).
 *
 * Throws {@link OperatorError} when a path would be longer than the 107 bytes that Linux allows.
 */
export function socketPaths({ kubeletRoot, driver, podUid }: SocketOwner): SocketPaths {
  const root = kubeletRoot.replace(/\/+$/, "");
  const instance = podUid === undefined ? "dra" : `dra-${podUid}`;
  return {
    dra: fitting([`${root}/plugins/${driver}/${instance}.sock`]),
    registration: fitting(
      registrationNames(driver, podUid).map((name) => `${root}/plugins_registry/${name}-reg.sock`),
    ),
  };
}

/** The names to try, the plainest first. */
function registrationNames(driver: string, podUid?: PodUid): string[] {
  if (podUid === undefined) return [driver];
  return [
    `${driver}-${podUid}`,
    `${driver}-${digest(podUid, 8)}`,
    `dra-${digest(`${driver}\0${podUid}`, 16)}`,
  ];
}

function digest(text: string, bytes: number): string {
  return createHash("sha256").update(text).digest().subarray(0, bytes).toString("base64url");
}

function fitting(paths: readonly string[]): string {
  const fits = paths.find((path) => byteLength(path) <= maxPathBytes);
  if (fits !== undefined) return fits;
  const shortest = paths.at(-1) ?? "";
  throw new OperatorError(
    `Cannot use as a unix socket: ${JSON.stringify(shortest)} (${byteLength(shortest)} bytes of at most ` +
      `${maxPathBytes}; move the kubelet's state to a shorter path and name that in --kubelet-root)`,
  );
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
