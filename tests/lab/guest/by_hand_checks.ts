/** The promises of a claim, with limits that are written by hand: what the driver's have to amount to. */
import { KernelCgroups } from "./kernel_cgroups.ts";
import type { ClaimedShare, PlacedContainer, Placement } from "./placement.ts";
import { checkPromises } from "./placement_promises.ts";

class PlacementByHand implements Placement {
  readonly #cgroups = new KernelCgroups();

  async start(claims: readonly ClaimedShare[]): Promise<PlacedContainer> {
    const pod = "/kubepods/pod", container = `${pod}/container`;
    const hugetlb = hugetlbOf(claims);
    await this.#cgroups.create(pod);
    await this.#cgroups.apply(pod, { mems: "", hugetlb });
    await this.#cgroups.create(container);
    await this.#cgroups.apply(container, { mems: memsOf(claims), hugetlb });
    return {
      cgroup: this.#cgroups.mount + container,
      [Symbol.asyncDispose]: () => this.#cgroups.remove("/kubepods"),
    };
  }
}

function memsOf(claims: readonly ClaimedShare[]): string {
  return [...new Set(claims.map(({ numaNode }) => numaNode))].join(",");
}

function hugetlbOf(claims: readonly ClaimedShare[]): Map<string, bigint> {
  const bytes = claims.filter(({ resource }) => resource === "hugepages-2m").map((claim) => claim.bytes);
  return new Map([["2MB", BigInt(bytes.reduce((sum, each) => sum + each, 0))]]);
}

Deno.test("limits written by hand keep what a claim promises", (t) =>
  checkPromises(t, new PlacementByHand()));
