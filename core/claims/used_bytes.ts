import type { PreparedClaim } from "./claim.ts";

/** What claims hold of each device, in bytes. */
export class UsedBytes {
  readonly #byDevice = new Map<string, bigint>();

  /** Of the given claims, to begin with. */
  constructor(claims: Iterable<PreparedClaim> = []) {
    for (const claim of claims) this.add(claim);
  }

  of(device: string): bigint {
    return this.#byDevice.get(device) ?? 0n;
  }

  add({ allocations }: PreparedClaim): void {
    for (const { device, bytes } of allocations) this.#byDevice.set(device, this.of(device) + bytes);
  }

  /** Takes back what {@link add} added. */
  subtract({ allocations }: PreparedClaim): void {
    for (const { device, bytes } of allocations) {
      const left = this.of(device) - bytes;
      if (left === 0n) this.#byDevice.delete(device);
      else this.#byDevice.set(device, left);
    }
  }
}
