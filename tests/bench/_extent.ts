/** How much is measured. */
export interface Extent {
  readonly starts: number;
  /** The numbers of claims that are prepared meanwhile. */
  readonly prepared: readonly number[];
  /** Calls one at a time, and 64 at a time. */
  readonly aloneCalls: number;
  readonly parallelCalls: number;
  readonly containers: number;
  readonly synchronizedContainers: number;
  readonly churnedClaims: number;
  readonly idleSeconds: number;
  /** How long a driver is left alone before its memory is looked at. */
  readonly settleSeconds: number;
}

/** What the budgets are for. */
export const fullExtent: Extent = {
  starts: 9,
  prepared: [0, 1_000, 10_000],
  aloneCalls: 500,
  parallelCalls: 2_000,
  containers: 1_000,
  synchronizedContainers: 1_000,
  churnedClaims: 100_000,
  idleSeconds: 600,
  settleSeconds: 10,
};

/** The same in two minutes, for every change: less of everything, so a single figure says less. */
export const shortExtent: Extent = {
  starts: 3,
  prepared: [0, 1_000],
  aloneCalls: 100,
  parallelCalls: 500,
  containers: 200,
  synchronizedContainers: 1_000,
  churnedClaims: 5_000,
  idleSeconds: 15,
  settleSeconds: 3,
};
