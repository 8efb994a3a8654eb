import type { Brand } from "../../../core/values/brand.ts";

/** A piece of an SVG document (https://www.w3.org/TR/SVG11/), escaped. */
export type Svg = Brand<string, "Svg">;

/** A piece with the room that it takes, from its own upper left corner, in pixels. */
export interface Block {
  readonly svg: Svg;
  readonly width: number;
  readonly height: number;
}

/** An element. Attributes and texts are escaped here, and nowhere else. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly Svg[]
): Svg {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === "number" ? rounded(value) : value)}"`)
    .join("");
  const inside = content.length === 1 ? content.join("") : content.map((piece) => `\n${piece}`).join("");
  const svg = inside === ""
    ? `<${name}${written}/>`
    : `<${name}${written}>${inside}${content.length === 1 ? "" : "\n"}</${name}>`;
  return svg as Svg;
}

/** A text as the content of an element. */
export function textNode(text: string): Svg {
  return escaped(text) as Svg;
}

/** A line of text, its baseline at y. */
export function label(
  text: string,
  x: number,
  y: number,
  attributes: Readonly<Record<string, string | number>> = {},
): Svg {
  return element("text", { x, y, ...attributes }, textNode(text));
}

/** A filled rectangle of a class, with a text that shows when it is pointed at. */
export function rectangle(
  kind: string,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  hint?: string,
): Svg {
  const title = hint === undefined ? [] : [element("title", {}, textNode(hint))];
  return element("rect", { class: kind, x, y, width, height }, ...title);
}

/** A piece, moved. */
export function at(x: number, y: number, ...content: readonly Svg[]): Svg {
  return element("g", { transform: `translate(${rounded(x)} ${rounded(y)})` }, ...content);
}

/** XML has no room for most control characters, escaped or not. */
function escaped(text: string): string {
  return text
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
