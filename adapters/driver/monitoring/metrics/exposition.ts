/** The media type of Prometheus's text format, which {@link formatMetric} writes. */
export const expositionType = "text/plain; version=0.0.4; charset=utf-8";

/** What every metric has, whatever its type. */
export interface MetricHead {
  readonly name: string;
  readonly help: string;
}

/** What kind of metric it is, in Prometheus's words. */
export type MetricType = "counter" | "gauge" | "histogram";

/** One line of a metric. */
export interface Sample {
  /** What follows the metric's name: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly suffix?: string;
  /** As {@link formatLabels} prints them. */
  readonly labels: string;
  readonly value: number | bigint;
}

/**
 * Prints a metric with its samples in Prometheus's text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats). Nothing is printed without samples.
 */
export function formatMetric(
  { name, help }: MetricHead,
  type: MetricType,
  samples: readonly Sample[],
): string {
  if (samples.length === 0) return "";
  const lines = samples.map(({ suffix = "", labels, value }) =>
    `${name}${suffix}${labels === "" ? "" : `{${labels}}`} ${formatValue(value)}\n`
  );
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

/** Prints labels by name: `operation="prepare",result="ok"`. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels).sort().map((name) => `${name}="${escapeValue(labels[name] ?? "")}"`).join(",");
}

/** Prints a number so that it reads back as itself; a bigint digit by digit. */
export function formatValue(value: number | bigint): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
