/** A part of a TypeScript source; comments are none. */
interface Token {
  readonly kind: "word" | "string" | "template" | "regex" | "mark";
  readonly text: string;
}

/** Names of the world outside: its clock, chance, files, processes, network and logs. */
const forbiddenNames = new Set(
  ("Deno process Date performance Temporal setTimeout setInterval setImmediate crypto fetch console require " +
    "globalThis self window eval Function WebSocket XMLHttpRequest Worker navigator localStorage import.meta " +
    "Math.random AbortSignal.timeout").split(" "),
);

/**
 * What a source of the core, at a path like `core/claims/ledger.ts`, has to do with the world outside the core,
 * one sentence each. Only names count: a property of another object may be called as it likes.
 */
export function findImpurities(path: string, source: string): string[] {
  const tokens = tokensOf(source);
  const mark = (index: number) => tokens[index]?.kind === "mark" ? tokens[index].text : undefined;
  return tokens.flatMap(({ kind, text }, index) => {
    const before = tokens[index - 1];
    if (kind === "string" && before?.kind === "word" && /^(from|import)$/.test(before.text)) {
      return staysInside(path, text) ? [] : [`imports ${text}`];
    }
    const isMember = mark(index - 1) === "." && mark(index - 2) !== ".";
    if (kind !== "word" || isMember) return [];
    if (text.includes("\\")) return [`hides the name ${text}`];
    if (text === "import" && mark(index + 1) === "(") return ["imports dynamically"];
    const member = mark(index + 1) === "." ? `${text}.${tokens[index + 2]?.text}` : text;
    // Whatever else is done with Math, it could be done to get at its randomness.
    if (text === "Math" && member === text) return ["uses Math"];
    const name = [text, member].find((candidate) => forbiddenNames.has(candidate));
    return name === undefined ? [] : [`uses ${name}`];
  });
}

/** Whether a specifier is relative and leads to a file under `core/`. */
function staysInside(path: string, specifier: string): boolean {
  if (!/^\.\.?\/[\w./]+\.ts$/.test(specifier)) return false;
  const parts = path.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return false;
  }
  return parts[0] === "core" && parts.length > 1;
}

const tokenPatterns = [
  ["comment", /\/\/.*|\/\*[^]*?\*\//y],
  ["string", /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y],
  ["word", /[\p{ID_Start}$_#\\][\p{ID_Continue}$\\\u200c\u200d]*/uy],
  ["number", /\d[\w.]*/y],
] as const;
const regexPattern = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

/** Splits a source; the code inside of template strings counts like any other. */
function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each open brace whether it is one of a template string. */
  const braces: boolean[] = [];
  for (let at = 0; at < source.length;) {
    const found = matchAt(source, at, tokens.at(-1));
    if (found !== undefined) {
      const [kind, text] = found;
      at += text.length;
      if (kind === "string") tokens.push({ kind, text: text.slice(1, -1) });
      if (kind === "word" || kind === "regex") tokens.push({ kind, text });
      if (kind === "number") tokens.push({ kind: "word", text });
      continue;
    }
    const mark = source.charAt(at++);
    if (mark === "{") braces.push(false);
    if (mark === "`" || (mark === "}" && braces.pop() === true)) {
      const end = templateEnd(source, at);
      if (source.charAt(end) === "$") braces.push(true);
      tokens.push({ kind: "template", text: source.slice(at, end) });
      at = end + (source.charAt(end) === "$" ? 2 : 1);
    } else if (mark.trim() !== "") tokens.push({ kind: "mark", text: mark });
  }
  return tokens;
}

function matchAt(source: string, at: number, before: Token | undefined) {
  for (const [kind, pattern] of tokenPatterns) {
    pattern.lastIndex = at;
    const [text] = pattern.exec(source) ?? [];
    if (text !== undefined) return [kind, text] as const;
  }
  const afterValue = before?.kind === "string" || before?.kind === "template" ||
    (before?.kind === "mark" && /[)\]}]/.test(before.text)) ||
    (before?.kind === "word" && !/^(return|typeof|case|in|of|yield|await)$/.test(before.text));
  if (afterValue) return undefined;
  regexPattern.lastIndex = at;
  const [text] = regexPattern.exec(source) ?? [];
  return text === undefined ? undefined : ["regex", text] as const;
}

/** Where a template string, or a part of it, ends: at its backtick, or at `${`. */
function templateEnd(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === "\\") at++;
    else if (character === "`" || source.startsWith("${", at)) return at;
  }
  return source.length;
}
