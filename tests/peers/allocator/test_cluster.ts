import assert from "node:assert/strict";
import { validateAllocation } from "../../../core/claims/allocation.ts";
import { devicesOf } from "../../../core/devices/device.ts";
import { noReservedMemory } from "../../../core/devices/reserved_memory.ts";
import { claimUid } from "../../../core/values/ids.ts";
import { formatQuantity } from "../../../core/values/quantity.ts";
import { requirePeer } from "../go.ts";
import { type ApiServer, startApiServer } from "../kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "../kube_apiserver/binaries.ts";
import { Allocator, allocatorProgram } from "./allocator.ts";
import { createClaim, publishNode } from "./publish.ts";
import { type EvenMachine, topologyOf } from "./topologies.ts";

/** A usual machine. */
export const twoNodes: EvenMachine = {
  nodes: 2,
  pageSize: "4k",
  memory: "8Gi",
  hugepages: { "2m": 512, "1g": 2 },
};

/** A request for an amount of a resource; without one it is left to the policy of the device. */
export function request(name: string, resource: string, size?: string, selector?: string) {
  return {
    name,
    exactly: {
      deviceClassName: `dra.${resource}`,
      ...(size === undefined ? {} : { capacity: { requests: { size } } }),
      ...(selector === undefined ? {} : { selectors: [{ cel: { expression: selector } }] }),
    },
  };
}

/** A claim after it was allocated, and its shares in words: `pages: 256Mi of hugepages-2m-numa0`. */
export interface Allocated {
  readonly claim: string;
  readonly shares: readonly string[];
}

/** The API server, the driver's publisher and the scheduler's allocator. */
export class TestCluster {
  readonly #server: ApiServer;
  readonly #allocator: string;
  #names = 0;

  private constructor(server: ApiServer, allocator: string) {
    this.#server = server;
    this.#allocator = allocator;
  }

  /** Starts the API server. Throws `GoError` when a peer cannot be built. */
  static async start(): Promise<TestCluster> {
    const etcd = await requirePeer(etcdProgram);
    const apiServer = await requirePeer(apiServerProgram);
    const allocator = await requirePeer(allocatorProgram);
    return new TestCluster(await startApiServer({ etcd, apiServer }), allocator);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** Publishes a machine as a node of its own, so that no test sees another's devices; resolves to its name. */
  async publish(machine: EvenMachine): Promise<string> {
    const node = `node-${this.#names++}`;
    await this.publishAgain(node, machine);
    return node;
  }

  /** Makes the node's slices those of the machine; resolves to the number of writes. */
  async publishAgain(node: string, machine: EvenMachine): Promise<number> {
    return await publishNode(this.#server, node, topologyOf(machine));
  }

  /**
   * Creates a claim, has the allocator allocate it for a pod on the node, and the driver's own check approve it.
   * Rejects with `RefusedError`.
   */
  async allocate(node: string, machine: EvenMachine, devices: unknown): Promise<Allocated> {
    const name = `claim-${this.#names++}`;
    await createClaim(this.#server.client, name, devices);
    await using allocator = Allocator.start(this.#allocator, this.#server.kubeconfig);
    const pod = { name: `pod-of-${name}`, uid: crypto.randomUUID() };
    const [claim] = await allocator.allocate({ node, namespace: "default", claims: [name], pod });
    assert.deepEqual(claim?.status.reservedFor, [pod]);

    const allocations = validateAllocation(
      { namespace: "default", name, uid: claimUid(claim.metadata.uid) },
      claim.status.allocation.devices.results,
      {
        nodeName: node,
        devices: devicesOf(topologyOf(machine), noReservedMemory),
        usedBytes: () => 0n,
      },
    );
    const shares = allocations.map(({ request, device, bytes }) =>
      `${request}: ${formatQuantity(bytes)} of ${device}`
    );
    return { claim: name, shares };
  }

  /** Takes a claim's allocation back and deletes the claim. */
  async release(claim: string): Promise<void> {
    await using allocator = Allocator.start(this.#allocator, this.#server.kubeconfig);
    await allocator.release("default", claim);
  }
}
