/** What of a TypeScript source is code, as opposed to comments and texts: true for each of its characters that is. */
export function codePlaces(source: string): boolean[] {
  const isCode = Array.from<boolean>({ length: source.length }).fill(false);
  /** The quotes of the texts that are open, and a brace for each expression within a template. */
  const open: string[] = [];
  for (let place = 0; place < source.length; place++) {
    const character = source.charAt(place), within = open.at(-1);
    if (within === "`" || within === '"' || within === "'") {
      if (character === "\\") place++;
      else if (character === within) open.pop();
      else if (within === "`" && source.startsWith("${", place)) {
        open.push("{");
        place++;
      }
      continue;
    }
    const comment = commentAt(source, place);
    if (comment > 0) {
      place += comment - 1;
      continue;
    }
    if (character === '"' || character === "'" || character === "`" || character === "{") {
      open.push(character);
    } else if (character === "}") open.pop();
    isCode[place] = true;
  }
  return isCode;
}

function commentAt(source: string, place: number): number {
  const end = source.startsWith("//", place) ? "\n" : source.startsWith("/*", place) ? "*/" : undefined;
  if (end === undefined) return 0;
  const found = source.indexOf(end, place + 2);
  return (found === -1 ? source.length : found + end.length) - place;
}
