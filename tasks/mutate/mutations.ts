import { codePlaces } from "./code_places.ts";

/** One change of one file that tests ought to notice. */
export interface Mutation {
  readonly path: string;
  /** Beginning with 1. */
  readonly line: number;
  /** What stands there, and what is put in its place. */
  readonly from: string;
  readonly to: string;
  readonly mutated: string;
}

/** Operators turned round and conditions inverted, as `deno fmt` writes them: a space on each side. */
const replacements: readonly (readonly [string, string])[] = [
  [" === ", " !== "],
  [" !== ", " === "],
  [" < ", " >= "],
  [" >= ", " < "],
  [" > ", " <= "],
  [" <= ", " > "],
  [" && ", " || "],
  [" || ", " && "],
  [" + ", " - "],
  [" - ", " + "],
  [" * ", " + "],
  [".some(", ".every("],
  [".every(", ".some("],
  [".has(", ".delete("],
  ["if (!", "if ("],
  [" return true;", " return false;"],
  [" return false;", " return true;"],
];

/** Every mutation of a source. */
export function mutationsOf(path: string, source: string): Mutation[] {
  const isCode = codePlaces(source);
  return replacements.flatMap(([from, to]) =>
    placesOf(source, from).filter((place) => isCode[place + from.length - 2]).map((place) => ({
      path,
      line: source.slice(0, place).split("\n").length,
      from: from.trim(),
      to: to.trim(),
      mutated: source.slice(0, place) + to + source.slice(place + from.length),
    }))
  ).sort((a, b) => a.line - b.line);
}

/** So many of some values, by chance and always the same for a seed. */
export function chosen<T extends object | number>(values: readonly T[], count: number, seed: number): T[] {
  const left = [...values], random = mulberry32(seed);
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

/** Numbers from 0 to below 1, by Tommy Ettinger's generator of 32 bits. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6D2B79F5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

function placesOf(source: string, text: string): number[] {
  const places: number[] = [];
  for (let place = source.indexOf(text); place !== -1; place = source.indexOf(text, place + 1)) {
    places.push(place);
  }
  return places;
}
