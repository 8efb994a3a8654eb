import type { NriSocketFacts, RuntimeFacts } from "../ports/node_facts.ts";
import { type CheckResult, fail, pass, warn } from "./check_result.ts";
import { canonical } from "./runtime_checks.ts";

/** Where runtimes have it unless their configuration says otherwise, and where the driver looks by default. */
export const usualNriSocket = "/var/run/nri/nri.sock";

/** Checks that something listens at the socket on which the runtime asks its plugins. */
export function checkNriSocket({ path, named, outcome }: NriSocketFacts, runtime: RuntimeFacts): CheckResult {
  const name = "nri-socket";
  const tellDriver = `start the driver with --nri-socket=${path} (paths.nriSocket of the chart)`;
  switch (outcome.kind) {
    case "connected":
      return named || canonical(path) === canonical(usualNriSocket)
        ? pass(name, `${path} takes connections`)
        : warn(name, `${path} takes connections, and is not where the driver looks by default`, tellDriver);
    case "missing":
      return fail(name, `${path} is not there`, remedyOf(path, runtime));
    case "no socket":
      return fail(name, `${path} is no socket`, remedyOf(path, runtime));
    case "refused":
      return fail(
        name,
        `cannot connect to ${path}: ${outcome.reason}`,
        `${
          runtime.kind === "found" ? runtime.restart : "restart the container runtime"
        }; only root may connect`,
      );
  }
}

/** What is on already is not to be turned on: then it is another socket, or does not count yet. */
function remedyOf(path: string, runtime: RuntimeFacts): string {
  if (runtime.kind !== "found") return "is the runtime running, and is NRI on in it? see --runtime-config";
  const { settings, setup, restart } = runtime;
  if (settings.kind !== "known") return `is the runtime running? see runtime-nri, and ${setup}`;
  const configured = settings.nriSocket ?? usualNriSocket;
  if (canonical(configured) !== canonical(path)) {
    return `the runtime's configuration has it at ${configured}: name that by --nri-socket, here and for the driver`;
  }
  const isOn = settings.readings.every(({ states }) =>
    states.every(({ setting, met }) => setting.purpose !== "NRI" || met)
  );
  return isOn
    ? `NRI is on in the configuration, which counts once the runtime is restarted: ${restart}`
    : setup;
}
