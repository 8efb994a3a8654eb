import { equal } from "../../core/values/equal.ts";
import type { SettingsReading, SettingState } from "../../core/operations/runtimes/setting.ts";
import { columns } from "../ui/output.ts";

/** Lays out settings as they are, and what they are to be changed to; for each version where these differ. */
export function changesTable(readings: readonly SettingsReading[]): string {
  const rows = readings.flatMap(({ reader, states }) =>
    states.map((state) => ({ reader, row: rowOf(state) }))
  );
  const keys = new Set(rows.map(({ row: [purpose, key] }) => `${purpose} ${key}`));
  const body = [...keys].flatMap((wanted) => {
    const same = rows.filter(({ row: [purpose, key] }) => `${purpose} ${key}` === wanted);
    const [first] = same;
    if (first !== undefined && same.every(({ row }) => equal(row, first.row))) return [first.row];
    return same.map((
      { reader, row: [purpose = "", key = "", ...rest] },
    ) => [purpose, `${key} (${reader})`, ...rest]);
  });
  return columns([["FOR", "SETTING", "IS", "SET IN", "CHANGE TO"], ...body]);
}

function rowOf({ setting, value, layer, met, target }: SettingState): string[] {
  return [
    setting.purpose,
    setting.path.slice(2).join("."),
    value === undefined ? "-" : JSON.stringify(value),
    layer?.path ?? "(built in)",
    met ? "" : JSON.stringify(target),
  ];
}

/** What has to be done in the cluster before a runtime may require the driver, which is in a container itself. */
export function toleranceHint(readings: readonly SettingsReading[]): string {
  const state = readings.flatMap(({ states }) => states).find(({ setting }) =>
    setting.wanted.kind === "is set"
  );
  const annotation = String(state?.met ? state.value : state?.target);
  return `Without the driver only pods with the annotation ${annotation}: "true" start: ` +
    "the driver's own has to have it, and so have static pods";
}
