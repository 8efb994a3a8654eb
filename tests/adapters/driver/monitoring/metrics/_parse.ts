/** One line of an exposition, read back. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As it was printed. */
  readonly value: string;
}

/** A metric of an exposition, read back. */
export interface ParsedMetric {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ParsedSample[];
}

/** Reads Prometheus's text format by its rules and throws for everything that does not follow them. */
export function parseExposition(text: string): Map<string, ParsedMetric> {
  const metrics = new Map<string, ParsedMetric>();
  if (text === "") return metrics;
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const lines = text.slice(0, -1).split("\n");
  for (let index = 0; index < lines.length;) {
    const [, name = "", help = ""] = match(/^# HELP (\S+) ([^]*)$/, lines[index++]);
    const [, typed, type = ""] = match(/^# TYPE (\S+) (counter|gauge|histogram)$/, lines[index++]);
    if (typed !== name || metrics.has(name)) throw new Error(`${name} is typed as ${typed}, or comes twice`);
    const samples: ParsedSample[] = [];
    while (index < lines.length && !lines[index]?.startsWith("#")) samples.push(parseSample(lines[index++]));
    if (samples.some((sample) => !sample.name.startsWith(name))) {
      throw new Error(`foreign samples in ${name}`);
    }
    metrics.set(name, { type, help: unescape(help), samples });
  }
  return metrics;
}

/** The value of a series, printed as `name{label="value"}` without its node; undefined when there is none. */
export function valueOf(text: string, series: string): number | undefined {
  const line = withoutNode(text).split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Every series by its name and labels, without its node and its value. */
export function seriesOf(text: string): string[] {
  return withoutNode(text).split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.slice(0, line.lastIndexOf(" ")));
}

/** Every series whose value is not zero, with that. */
export function nonZero(text: string): Record<string, number> {
  return Object.fromEntries(
    seriesOf(text).map((series) => [series, valueOf(text, series) ?? NaN] as const)
      .filter(([, value]) => value !== 0),
  );
}

function withoutNode(text: string): string {
  return text.replace(/\{node="[^"]*",/g, "{").replace(/\{node="[^"]*"\}/g, "");
}

function parseSample(line: string | undefined): ParsedSample {
  const label = String.raw`[a-zA-Z_]\w*="(?:[^"\\]|\\[\\"n])*"`;
  const [, name = "", labels = "", value = ""] = match(
    new RegExp(String.raw`^([a-zA-Z_:][\w:]*)(?:\{(${label}(?:,${label})*)\})? (\S+)$`),
    line,
  );
  const pairs = labels.matchAll(/(\w+)="((?:[^"\\]|\\[^])*)"/g);
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, key = "", text = ""]) => [key, unescape(text)])),
    value,
  };
}

function unescape(text: string): string {
  return text.replace(/\\([^])/g, (_, letter: string) => letter === "n" ? "\n" : letter);
}

function match(pattern: RegExp, line: string | undefined): RegExpExecArray {
  const found = pattern.exec(line ?? "");
  if (found === null) throw new Error(`${JSON.stringify(line)} does not match ${pattern}`);
  return found;
}
