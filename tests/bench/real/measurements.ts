/** All that was measured: of each figure of each driver the values of all rounds, in their order. */
export class Measurements {
  readonly #values = new Map<string, Map<string, number[]>>();
  readonly #told: (metric: string, contender: string, value: number) => void;

  /** `told` hears of each value at once. */
  constructor(told: (metric: string, contender: string, value: number) => void) {
    this.#told = told;
  }

  add(contender: string, metric: string, value: number): void {
    const ofContender = this.#values.get(contender) ?? new Map<string, number[]>();
    this.#values.set(contender, ofContender);
    ofContender.set(metric, [...ofContender.get(metric) ?? [], value]);
    this.#told(metric, contender, value);
  }

  /** The values of all rounds; none for what was not measured. */
  of(contender: string, metric: string): readonly number[] {
    return this.#values.get(contender)?.get(metric) ?? [];
  }

  /** All values: by contender, then by metric. */
  toJSON(): object {
    return Object.fromEntries(
      [...this.#values].map(([name, metrics]) => [name, Object.fromEntries(metrics)]),
    );
  }
}
