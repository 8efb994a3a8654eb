import type { ClockFacts, DirectoryFact, UserFacts } from "../ports/node_facts.ts";
import { type CheckResult, fail, pass, warn } from "./check_result.ts";

/** Kubernetes 1.34 came out then, the oldest that the driver works with: it is later, whatever a clock says. */
const earliest = "2025-08-27";

/** Checks the directory that CDI files, and with them the driver's record, are written to. */
export function checkCdiDirectory({ path, state }: DirectoryFact): CheckResult {
  const name = "cdi-directory";
  switch (state) {
    case "writable":
      return pass(name, `${path} can be written`);
    case "missing":
      return pass(name, `${path} is not there yet, and made by the driver`);
    case "unknown":
      return warn(name, `cannot tell whether ${path} can be written`, "run as root");
    case "no directory":
      return fail(name, `${path} is no directory`, "move it away, or name another one by --cdi-dir");
    case "not writable":
      return fail(name, `${path} cannot be written`, "run as root; a container needs it mounted read-write");
  }
}

/** The NRI socket and the cgroups of pods belong to root. */
export function checkUser({ id }: UserFacts): CheckResult {
  return id === 0
    ? pass("root", "this is root")
    : fail("root", `this is user ${id}: NRI socket and cgroups belong to root`, "run it as root");
}

/**
 * Checks that the clock is not plainly wrong, which fails every connection to the API server, and, where the kernel
 * tells, that something keeps it right (adjtimex(2)).
 */
export function checkClock({ now, synchronized }: ClockFacts): CheckResult {
  const name = "clock", fix = "set up chrony or systemd-timesyncd, see timedatectl";
  if (now < earliest) {
    return fail(name, `it says ${now}, which is in the past: certificates are not valid yet`, fix);
  }
  if (synchronized === undefined) {
    return pass(name, `it says ${now}; whether it is synchronized cannot be told`);
  }
  return synchronized
    ? pass(name, "synchronized")
    : warn(name, `it says ${now}, and nothing synchronizes it`, fix);
}
