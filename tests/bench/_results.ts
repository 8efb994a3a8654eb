import { median, quantile } from "./statistics.ts";

/** One figure. */
export interface Measured {
  readonly contender: string;
  /** The name of a row of BUDGETS.md. */
  readonly metric: string;
  /** How many claims were prepared meanwhile, where that was varied. */
  readonly prepared?: number;
  readonly value: number;
  /** Of how many runs or calls it is the median, the percentile or the sum. */
  readonly runs: number;
}

/** Where a figure belongs. */
export type Place = Pick<Measured, "contender" | "metric" | "prepared">;

/** All figures of a run of the benchmark. */
export class Results {
  readonly figures: Measured[] = [];
  readonly #told: (figure: Measured) => void;

  /** `told` hears of each figure at once. */
  constructor(told: (figure: Measured) => void) {
    this.#told = told;
  }

  /** Adds a figure that stands for itself, or for so many calls. */
  add(place: Place, value: number, runs = 1): void {
    const figure = { ...place, value, runs };
    this.figures.push(figure);
    this.#told(figure);
  }

  /** Adds the median of some values. */
  addMedian(place: Place, values: readonly number[]): void {
    this.add(place, median(values), values.length);
  }

  /** Adds the median and the 99th percentile of latencies, as `<metric>.p50` and `<metric>.p99`. */
  addLatencies({ metric, ...place }: Place, milliseconds: readonly number[]): void {
    this.add({ ...place, metric: `${metric}.p50` }, median(milliseconds), milliseconds.length);
    this.add({ ...place, metric: `${metric}.p99` }, quantile(milliseconds, 0.99), milliseconds.length);
  }

  /** The figure that was added for a place. */
  at({ contender, metric, prepared }: Place): Measured | undefined {
    return this.figures.find((figure) =>
      figure.contender === contender && figure.metric === metric && figure.prepared === prepared
    );
  }
}
