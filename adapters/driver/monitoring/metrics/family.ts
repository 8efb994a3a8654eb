import { formatLabels, type Sample } from "./exposition.ts";
import type { Series } from "./series.ts";

/** Labels with every value that each can take. */
export type ClosedLabels = Readonly<Record<string, readonly string[]>>;

/** One value for each label. */
export type LabelValues<Labels extends ClosedLabels> = {
  readonly [Name in keyof Labels]: Labels[Name][number];
};

/**
 * A metric's series: one for each combination of label values, all there from the beginning and at zero, so that
 * the first event is seen as an increase. There are never more.
 */
export class Family<Labels extends ClosedLabels, S extends Series> {
  readonly #series: ReadonlyMap<string, S>;

  constructor(labels: Labels, create: () => S) {
    this.#series = new Map(combinations(labels).map((values) => [formatLabels(values), create()]));
  }

  /** The series of the given values. Throws a RangeError for a value that the table does not name. */
  of(values: LabelValues<Labels>): S {
    const series = this.#series.get(formatLabels(values));
    if (series === undefined) {
      throw new RangeError(`Cannot count under ${formatLabels(values)}: the metric has no such label value`);
    }
    return series;
  }

  samples(): Sample[] {
    return [...this.#series].flatMap(([labels, series]) => series.samples(labels));
  }
}

function combinations(labels: ClosedLabels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (partial, [name, values]) =>
      partial.flatMap((some) => values.map((value) => ({ ...some, [name]: value }))),
    [{}],
  );
}
