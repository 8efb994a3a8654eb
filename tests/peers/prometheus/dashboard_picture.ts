import {
  at,
  element,
  label,
  rectangle,
  type Svg,
  textNode,
} from "../../../adapters/operations/svg/element.ts";
import { formatQuantity } from "../../../core/values/quantity.ts";
import type { Series } from "./prometheus.ts";

/** A panel of a Grafana dashboard, with what its expressions gave. */
export interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly { readonly legendFormat: string; readonly series: readonly Series[] }[];
}

/** What one column and one row of Grafana's grid take, in pixels. */
const grid = { width: 40, height: 26 };
const margin = 10;
/** Below each plot, for its legend and the hours. */
const legendHeight = 18;
const shownSeries = 6;
/** Between two samples, as they were asked for. */
const stepSeconds = 5;

/** The palette of Okabe and Ito: told apart with any color vision. */
const colors = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

const rules = `
text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: #1f2328; }
.title { font-size: 13px; font-weight: 600; }
.short { font-size: 11px; font-weight: 600; }
.value { font-size: 26px; font-weight: 600; }
.note { fill: #59636e; }
.ground { fill: #ffffff; }
.panel { fill: #f6f8fa; stroke: #d0d7de; }
.line { fill: none; stroke-width: 1.5; }
.axis { stroke: #d0d7de; }
.good { fill: #009e73; }
.bad { fill: #d55e00; }
`;

/**
 * A dashboard as Grafana lays it out, with the numbers of a real Prometheus: one value for a panel of the type `stat` or
 * `bargauge`, bars of states for `state-timeline`, lines for all others.
 */
export function dashboardPicture(panels: readonly Panel[]): string {
  const width = 24 * grid.width, rows = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
  const height = rows * grid.height;
  const span = spanOf(panels.flatMap(linesOf));
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return `${
    element(
      "svg",
      { xmlns: "http://www.w3.org/2000/svg", ...size, role: "img" },
      element("title", {}, textNode("The dashboard of dramemory")),
      // Nothing in the rules needs escaping except the quotes, which a style sheet must have as they are.
      element("style", {}, rules as Svg),
      rectangle("ground", { x: 0, y: 0, width, height }),
      ...panels.map((panel) => panelOf(panel, span)),
    )
  }\n`;
}

type Point = readonly [seconds: number, value: number];

/** A line of a panel, by its name in the legend. */
interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

function panelOf(panel: Panel, span: Span): Svg {
  const { x, y, w, h } = panel.gridPos;
  const width = w * grid.width - margin, height = h * grid.height - margin;
  const lines = linesOf(panel);
  const inside = panel.type === "stat" || panel.type === "bargauge"
    ? values(lines, panel, width, height)
    : panel.type === "state-timeline"
    ? states(lines, span, width, height)
    : plot(lines, panel, span, width, height);
  return at(
    x * grid.width + margin / 2,
    y * grid.height + margin / 2,
    rectangle("panel", { x: 0, y: 0, width, height }),
    label(panel.title, 8, 18, { class: panel.type === "stat" ? "short" : "title" }),
    ...inside,
  );
}

function linesOf({ targets }: Panel): Line[] {
  return targets.flatMap(({ legendFormat, series }) =>
    series.map(({ metric, values }) => ({
      name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_, name: string) => metric[name] ?? "").trim(),
      points: values.map(([seconds, value]) => [seconds, Number(value)] as const)
        .filter(([, value]) => Number.isFinite(value)),
    }))
  ).filter(({ points }) => points.length > 0);
}

/** The newest value of each line, beside its name where there are several. */
function values(lines: readonly Line[], panel: Panel, width: number, height: number): Svg[] {
  const shown = lines.slice(0, 3), step = (height - 30) / Math.max(shown.length, 1);
  return shown.flatMap(({ name, points }, index) => {
    const text = formatted(points.at(-1)?.[1] ?? 0, panel);
    const baseline = 30 + step * (index + 0.5) + 8;
    const style = shown.length === 1 ? { class: "value" } : { class: "title" };
    return [
      label(text, 8, baseline, style),
      label(name, width - 8, baseline, { class: "note", "text-anchor": "end" }),
    ];
  });
}

/** A row for each line: what it was at each time, in two colors. */
function states(lines: readonly Line[], span: Span, width: number, height: number): Svg[] {
  const left = 120, room = width - left - 10, row = (height - 50) / Math.max(lines.length, 1);
  const x = (seconds: number) => left + room * span.part(seconds);
  return [
    ...lines.flatMap(({ name, points }, index) => {
      const y = 30 + row * index;
      const bars = stretches(points, (before, next) => before === next).flatMap((stretch) => {
        const [[start, value] = [0, 0]] = stretch, [end] = stretch.at(-1) ?? [0];
        const box = {
          x: x(start),
          y,
          width: x(Math.min(end + stepSeconds, span.end)) - x(start),
          height: row - 6,
        };
        return [rectangle(value === 0 ? "bad" : "good", box)];
      });
      return [label(name, 8, y + row / 2), ...bars];
    }),
    ...hours(span, left, room, height),
  ];
}

/** Samples that follow each other without a gap, and belong together. */
function stretches(points: Line["points"], together: (before: number, next: number) => boolean): Point[][] {
  const all: Point[][] = [];
  for (const point of points) {
    const current = all.at(-1), last = current?.at(-1);
    const continues = last !== undefined && point[0] - last[0] < 4 * stepSeconds &&
      together(last[1], point[1]);
    if (continues) current?.push(point);
    else all.push([point]);
  }
  return all;
}

function plot(lines: readonly Line[], panel: Panel, span: Span, width: number, height: number): Svg[] {
  const left = 62, room = width - left - 10, top = 32, bottom = height - legendHeight - 20;
  const most = Math.max(...lines.flatMap(({ points }) => points.map(([, value]) => value)), 0) || 1;
  const y = (value: number) => bottom - (bottom - top) * value / most;
  const shown = lines.slice(0, shownSeries);
  const axis = [0, most / 2, most].flatMap((value) => [
    element("line", { class: "axis", x1: left, x2: left + room, y1: y(value), y2: y(value) }),
    label(formatted(value, panel), left - 6, y(value) + 4, { class: "note", "text-anchor": "end" }),
  ]);
  const drawn = shown.flatMap(({ points }, index) =>
    stretches(points, () => true).map((stretch) => {
      const [[start, value] = [0, 0]] = stretch;
      // A sample alone is a short line.
      const path = stretch.length > 1 ? stretch : [[start, value], [start + stepSeconds, value]] as const;
      const corners = path.map(([seconds, value]) =>
        `${Math.round(left + room * span.part(seconds))},${Math.round(y(value))}`
      );
      return element("polyline", { class: "line", stroke: colors[index] ?? "", points: corners.join(" ") });
    })
  );
  let at = left;
  const legend = shown.flatMap(({ name }, index) => {
    const x = at;
    at += name.length * 6.2 + 22;
    return at > width ? [] : [
      element("rect", { x, y: height - 14, width: 8, height: 8, fill: colors[index] ?? "" }),
      label(name, x + 12, height - 6, { class: "note" }),
    ];
  });
  return [
    ...axis,
    ...lines.length === 0 ? [label("nothing", left + 8, (top + bottom) / 2, { class: "note" })] : [],
    ...drawn,
    ...hours(span, left, room, height - legendHeight),
    ...legend,
  ];
}

/** When all of it was, and how far a time is into that. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly part: (seconds: number) => number;
}

function spanOf(lines: readonly Line[]): Span {
  const times = lines.flatMap(({ points }) => points.map(([seconds]) => seconds));
  const start = Math.min(...times), end = Math.max(...times);
  return { start, end, part: (seconds) => end === start ? 0 : (seconds - start) / (end - start) };
}

function hours({ start, end }: Span, left: number, room: number, height: number): Svg[] {
  if (!Number.isFinite(start)) return [];
  return [0, 0.5, 1].map((part) => {
    const time = new Date((start + (end - start) * part) * 1000).toISOString().slice(11, 16);
    return label(time, left + room * part, height - 6, {
      class: "note",
      "text-anchor": part === 1 ? "end" : part === 0 ? "start" : "middle",
    });
  });
}

function formatted(value: number, { fieldConfig: { defaults: { unit } } }: Panel): string {
  if (unit === "bytes") return formatQuantity(BigInt(Math.round(value / 2 ** 20)) << 20n);
  if (unit === "percentunit") return `${Math.round(value * 100)} %`;
  if (unit === "s") {
    return value < 1 ? `${Number((value * 1000).toPrecision(2))} ms` : `${Number(value.toPrecision(2))} s`;
  }
  return `${Number(value.toPrecision(2))}`;
}
