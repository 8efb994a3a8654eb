import { formatLabels, formatMetric, type MetricHead, type MetricType, type Sample } from "./exposition.ts";
import { type ClosedLabels, Family } from "./family.ts";
import { Counter, Histogram } from "./series.ts";

/** A value that is read when the metrics are asked for, and its labels. */
export type Reading<Name extends string> = readonly [
  labels: Readonly<Record<Name, string>>,
  value: number | bigint,
];

/** Metrics that are printed together, in the order in which they were made. */
export class MetricRegistry {
  readonly #print: (() => string)[] = [];
  readonly #common: string;

  /** Every series has the common labels before its own. */
  constructor(common: Readonly<Record<string, string>> = {}) {
    this.#common = formatLabels(common);
  }

  /** A counter without labels. */
  counter(row: MetricHead): Counter {
    return this.counters({ ...row, labels: {} }).of({});
  }

  counters<const Labels extends ClosedLabels>(
    row: MetricHead & { readonly labels: Labels },
  ): Family<Labels, Counter> {
    const family = new Family(row.labels, () => new Counter());
    this.#print.push(() => this.#format(row, "counter", family.samples()));
    return family;
  }

  /** `bounds` ascend. */
  histograms<const Labels extends ClosedLabels>(
    row: MetricHead & { readonly labels: Labels; readonly bounds: readonly number[] },
  ): Family<Labels, Histogram> {
    const family = new Family(row.labels, () => new Histogram(row.bounds));
    this.#print.push(() => this.#format(row, "histogram", family.samples()));
    return family;
  }

  /** A gauge without labels. */
  gauge(row: MetricHead & { readonly read: () => number | bigint }): void {
    this.gauges({ ...row, labels: [], read: () => [[{}, row.read()]] });
  }

  /** A gauge whose label values are what `read` finds: those of the machine, so that they are few. */
  gauges<const Name extends string>(
    row: MetricHead & {
      readonly labels: readonly Name[];
      readonly read: () => Iterable<Reading<NoInfer<Name>>>;
    },
  ): void {
    this.#print.push(() => {
      const samples = Array.from(row.read(), ([labels, value]) => ({ labels: formatLabels(labels), value }));
      return this.#format(row, "gauge", samples);
    });
  }

  /** Everything in Prometheus's text format. */
  render(): string {
    return this.#print.map((print) => print()).join("");
  }

  #format(row: MetricHead, type: MetricType, samples: readonly Sample[]): string {
    const common = this.#common;
    if (common === "") return formatMetric(row, type, samples);
    return formatMetric(
      row,
      type,
      samples.map((sample) => ({
        ...sample,
        labels: sample.labels === "" ? common : `${common},${sample.labels}`,
      })),
    );
  }
}
