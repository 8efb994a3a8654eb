import type { Sample } from "./exposition.ts";

/** Numbers that are counted up for one combination of label values. */
export interface Series {
  /** What is to be printed, under labels as `formatLabels` prints them. */
  samples(labels: string): Sample[];
}

/** A count that only grows. */
export class Counter implements Series {
  #value = 0;

  add(count = 1): void {
    this.#value += count;
  }

  samples(labels: string): Sample[] {
    return [{ labels, value: this.#value }];
  }
}

/** How many observations were at most so large, for each of a row of bounds. */
export class Histogram implements Series {
  readonly #bounds: readonly number[];
  /** Observations in each bucket alone; the last one is for those above every bound. */
  readonly #counts: number[];
  #sum = 0;

  /** The bounds ascend; the one at infinity goes without saying. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Allocates nothing: containers wait for this. */
  observe(value: number): void {
    let bucket = 0;
    while (value > (this.#bounds[bucket] ?? Infinity)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  samples(labels: string): Sample[] {
    const separator = labels === "" ? "" : ",";
    let count = 0;
    const buckets = this.#counts.map((own, bucket) => {
      count += own;
      const bound = this.#bounds[bucket] ?? "+Inf";
      return { suffix: "_bucket", labels: `${labels}${separator}le="${bound}"`, value: count };
    });
    return [
      ...buckets,
      { suffix: "_sum", labels, value: this.#sum },
      { suffix: "_count", labels, value: count },
    ];
  }
}
