/** What stands in the place of what was taken out. */
export const removed = "REMOVED";

/**
 * Names whose values are, or could be, secrets: of keys in configuration, of flags and of variables. Rather too much
 * than too little: what is missing from a report can be asked for.
 */
const secretName =
  /token|passw|secret|auth|key|credential|cert|private|cookie|session|signature|user(name)?$|^(x-)?.*header/i;

/** A flag without its value whose name says that this is a secret. */
const secretFlag = new RegExp(`^--?[\\w.-]*(?:${secretName.source.replace("^(x-)?.*", "")})[\\w.-]*$`, "i");

/** Names of what holds environments, whose entries anyone may have put a secret into. */
const environmentName = /(^|[_-])envs?$|environment/i;

/** The prefix of this driver's own variables, which say what claims hold. */
const ownVariable = /^DRAMEMORY_[A-Za-z0-9_-]+=/;

/**
 * A value as configuration files and JSON have it, without what could be secret:
 *
 * - whatever stands below a key whose name says so, all of it;
 * - the values of environments, other than this driver's, whether these are lists of `NAME=value` or tables;
 * - what {@link redactText} takes out of texts.
 */
export function redactData(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return redactList(value);
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactEntry(key, inner)]));
}

/** In a command line the value of a flag can stand behind it: `["--api-token", "…"]`, `["--default-env", "NAME=…"]`. */
function redactList(list: readonly unknown[]): unknown[] {
  return list.map((value, index) => {
    if (typeof value !== "string") return redactData(value);
    const before = list[index - 1];
    if (value.startsWith("-") || typeof before !== "string") return redactFlag(value);
    if (secretFlag.test(before)) return removed;
    return /^--?/.test(before) && environmentName.test(before) ? redactVariable(value) : redactData(value);
  });
}

/** A flag may have its value behind `=`: `--api-token=…`, `--default-env=NAME=…`. */
function redactFlag(text: string): string {
  const [, flag = "", value = ""] = /^(--?[\w.-]+)=(.*)$/s.exec(text) ?? [];
  if (secretFlag.test(flag)) return `${flag}=${removed}`;
  return environmentName.test(flag) ? `${flag}=${redactVariable(value)}` : redactText(text);
}

function redactEntry(key: string, value: unknown): unknown {
  // Whether something is on or off, or how much there is of it, is no secret, other than a number that is one.
  if (typeof value === "boolean") return value;
  if (secretName.test(key)) return removed;
  return environmentName.test(key) ? redactEnvironment(value) : redactData(value);
}

function redactEnvironment(value: unknown): unknown {
  if (typeof value === "string") return redactVariable(value);
  if (Array.isArray(value)) {
    return value.map((entry) => typeof entry === "string" ? redactVariable(entry) : redactEnvironment(entry));
  }
  if (!isTable(value)) return removed;
  return Object.fromEntries(Object.keys(value).map((name) => [name, removed]));
}

function redactVariable(entry: string): string {
  if (ownVariable.test(entry)) return entry;
  const end = entry.indexOf("=");
  return end < 0 ? removed : `${entry.slice(0, end)}=${removed}`;
}

/** Rules for free text, in this order; each leaves what says which kind of thing was there. */
const textRules: readonly (readonly [RegExp, string])[] = [
  // Keys in PEM, also where their end was cut off or line breaks are written as \n.
  [/-----BEGIN [A-Z0-9 ]{0,40}-----[\s\S]*?(-----END [A-Z0-9 ]{0,40}-----|$)/g, removed],
  // JSON Web Tokens, as of service accounts.
  [/\beyJ[\w-]{5,}\.[\w-]+(\.[\w-]*)?/g, removed],
  [/\b(bearer|basic)\s+[\w+/=.~-]{4,}/gi, `$1 ${removed}`],
  // User and password of a URL.
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"']*@/gi, `$1${removed}@`],
  // What signs a URL: shared access signatures, and those of S3 and its like.
  [
    /([?&;](?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token))=)[^&\s"'<>]+/gi,
    `$1${removed}`,
  ],
  // A flag and its value in a command line: `--api-token …`.
  [
    /((?:^|[\s"'])--?[\w.-]{0,64}(?:token|passw|secret|auth|key|credential|cookie)[\w.-]{0,64}[\s"',]+)(?!-)([^\s"',]+)/gi,
    `$1${removed}`,
  ],
  // Environments in messages: `env:["A=b"]`, `envs:{key:"A" value:"b"}`.
  [/\b(envs?\\?"?\s*[:=]\s*)([[{<(])[^\]}>)]*/gi, `$1$2${removed}`],
  // `name=value` and `name: value`, quoted or not, also with quotes that are escaped in JSON.
  [
    /([\w.-]{0,64}(?:token|passw|secret|auth|key|credential|cookie)[\w.-]{0,64}\\?["']?\s*[:=]\s*)(\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s,;&}\])]+)/gi,
    `$1${removed}`,
  ],
];

/** A text without tokens, private keys, passwords in URLs, and the values of names that say that they are secret. */
export function redactText(text: string): string {
  return textRules.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
