import type { Brand } from "./brand.ts";
import { quoted } from "./quoted.ts";
import { ParseError } from "./parse_error.ts";

/** An absolute path in a container, in its one normal form: `/mnt/huge`, never `/`, `/a/../b` or `/a/`. */
export type ContainerPath = Brand<string, "ContainerPath">;

/** What a device attribute holds at most (`resource.k8s.io/v1`), by which containers are told of paths. */
export const maxContainerPathLength = 64;

/**
 * The grammar of a path. A part begins with a letter, a digit or an underscore, so that none is `.` or `..`, and holds
 * nothing that lists of mounts and options would have to quote.
 */
export const containerPathPattern = /^(\/[A-Za-z0-9_][A-Za-z0-9._+@=-]*)+$/;

/** Checks a path. Throws {@link ParseError}. */
export function containerPath(text: string): ContainerPath {
  if (text.length > maxContainerPathLength || !containerPathPattern.test(text)) {
    throw new ParseError(`Cannot use as a path in a container: ${quoted(text)}`);
  }
  return text as ContainerPath;
}

/** Directories that images have as links, and where these lead (Filesystem Hierarchy Standard 3.0; merged `/usr`). */
const links = [
  ["/var/run", "/run"],
  ["/var/lock", "/run/lock"],
  ...["/bin", "/sbin", "/lib", "/lib64"].map((directory) => [directory, `/usr${directory}`] as const),
] as const;

/**
 * Whether one of two paths is the other or lies in it, so that a mount at one would hide or hold the other. What images
 * usually have as a link counts as the directory that it leads to.
 */
export function pathsMeet(a: string, b: string): boolean {
  const [first, second] = [normal(a), normal(b)];
  return nested(first, second) || nested(linked(first), linked(second));
}

function nested(a: string, b: string): boolean {
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);
}

/** Volumes are mounted where the pod says, however that is written. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.map((part) => `/${part}`).join("");
}

function linked(path: string): string {
  const found = links.find(([link]) => `${path}/`.startsWith(`${link}/`));
  return found === undefined ? path : found[1] + path.slice(found[0].length);
}
