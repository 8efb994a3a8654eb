import { basename } from "node:path";

/** As what a program was called: as itself, as a plugin of kubectl, or to complete the words of that plugin. */
export type CalledAs = "itself" | "kubectl plugin" | "kubectl completion";

/**
 * By the name of the file or link that this process was started by; `/proc` has it, the runtime tells only what it
 * leads to.
 */
export function calledAs(procfsRoot = "/proc"): CalledAs {
  switch (basename(firstWord(procfsRoot))) {
    case "kubectl-dramemory":
      return "kubectl plugin";
    case "kubectl_complete-dramemory":
      return "kubectl completion";
    default:
      return "itself";
  }
}

function firstWord(procfsRoot: string): string {
  try {
    return Deno.readTextFileSync(`${procfsRoot}/self/cmdline`).split("\0", 1)[0] ?? "";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
