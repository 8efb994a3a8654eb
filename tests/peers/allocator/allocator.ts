import * as v from "valibot";
import type { GoProgram } from "../go.ts";
import { JsonPeer } from "../json_peer.ts";

/** The scheduler's own allocator, of Kubernetes 1.36. */
export const allocatorProgram: GoProgram = {
  name: "allocator",
  module: new URL("./", import.meta.url),
};

/** The allocators of Kubernetes' versions, by their minor number. */
export const allocatorPrograms: Readonly<Record<number, GoProgram>> = {
  36: allocatorProgram,
  37: {
    ...allocatorProgram,
    name: "allocator-1.37",
    moduleFile: "go-1.37.mod",
    tags: ["kubernetes37"],
  },
  38: {
    ...allocatorProgram,
    name: "allocator-1.38",
    moduleFile: "go-1.38.mod",
    tags: ["kubernetes38"],
    toolchain: "go1.27.3",
  },
};

const allocatedClaim = v.object({
  metadata: v.object({ name: v.string(), namespace: v.string(), uid: v.string() }),
  status: v.object({
    allocation: v.object({
      devices: v.object({
        results: v.array(v.object({
          request: v.string(),
          driver: v.string(),
          pool: v.string(),
          device: v.string(),
          shareID: v.exactOptional(v.string()),
          consumedCapacity: v.exactOptional(v.record(v.string(), v.string())),
        })),
      }),
    }),
    reservedFor: v.exactOptional(v.array(v.object({ name: v.string(), uid: v.string() }))),
  }),
});

/** A claim as the API server holds it after it was allocated, as far as tests look at it. */
export type AllocatedClaim = v.InferOutput<typeof allocatedClaim>;

const answer = v.union([
  v.object({ claims: v.array(allocatedClaim) }),
  v.object({ refused: v.string() }),
  v.object({ error: v.string() }),
  v.strictObject({}),
]);

/** What is to be allocated together, for one pod. */
export interface AllocationRequest {
  readonly node: string;
  readonly namespace: string;
  /** Names of claims that exist and are not allocated. */
  readonly claims: readonly string[];
  /** Without it the claims are reserved for nobody. */
  readonly pod?: { readonly name: string; readonly uid: string };
}

/** No allocation is possible as things are; the scheduler would keep the pod pending. */
export class RefusedError extends Error {
  override name = "RefusedError";
}

/** The allocator could not decide, or could not write what it decided. */
export class AllocatorError extends Error {
  override name = "AllocatorError";
}

/** Decides as the scheduler does, on what an API server holds, and writes its decisions there. */
export class Allocator implements AsyncDisposable {
  readonly #peer: JsonPeer;

  private constructor(peer: JsonPeer) {
    this.#peer = peer;
  }

  /** Starts the binary, until this is disposed of. */
  static start(binary: string, kubeconfig: string): Allocator {
    return new Allocator(JsonPeer.start(binary, ["--kubeconfig", kubeconfig]));
  }

  /** Rejects with {@link RefusedError} or {@link AllocatorError}. */
  async allocate(request: AllocationRequest): Promise<AllocatedClaim[]> {
    const given = await this.#peer.ask({ allocate: request }, answer);
    if ("claims" in given) return given.claims;
    if ("refused" in given) throw new RefusedError(given.refused);
    throw new AllocatorError("error" in given ? given.error : "no claim was asked for");
  }

  /** Takes a claim's allocation back and deletes the claim. Rejects with {@link AllocatorError}. */
  async release(namespace: string, claim: string): Promise<void> {
    const given = await this.#peer.ask({ release: { namespace, claim } }, answer);
    if ("error" in given) throw new AllocatorError(given.error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }
}
