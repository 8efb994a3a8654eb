import type { SettingState } from "../../core/operations/runtimes/setting.ts";
import { columns } from "../ui/output.ts";

/** Lays out settings as they are, and what they are to be changed to. */
export function changesTable(states: readonly SettingState[]): string {
  const rows = states.map(({ setting, value, layer, met, target }) => [
    setting.purpose,
    setting.path.slice(2).join("."),
    value === undefined ? "-" : JSON.stringify(value),
    layer?.path ?? "(built in)",
    met ? "" : JSON.stringify(target),
  ]);
  return columns([["FOR", "SETTING", "IS", "SET IN", "CHANGE TO"], ...rows]);
}

/** What has to be done in the cluster before a runtime may require the driver, which is in a container itself. */
export function toleranceHint(states: readonly SettingState[]): string {
  const state = states.find(({ setting }) => setting.wanted.kind === "is set");
  const annotation = String(state?.met ? state.value : state?.target);
  return `Without the driver only pods with the annotation ${annotation}: "true" start: ` +
    "the driver's own has to have it, and so have static pods";
}
