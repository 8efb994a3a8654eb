/** A row of BUDGETS.md: something that is measured, and what it may be. */
export interface Budget {
  readonly metric: string;
  readonly what: string;
  readonly unit: string;
  /** Undefined for what is measured without a budget. */
  readonly limit: number | undefined;
  /** What it is today where the budget is missed by so much that every run would fail: it must not get worse. */
  readonly known: number | undefined;
  /** What another driver did, as it is printed. */
  readonly reference: string;
}

/** How a figure stands to its budget. */
export type Verdict =
  /** `share` is the part of the budget that is used, above 1 when it is missed. */
  | { readonly kind: "met" | "missed" | "failed"; readonly share: number }
  | { readonly kind: "no-budget" };

/** A text that is no table of budgets. */
export class BudgetsError extends Error {
  override name = "BudgetsError";
}

/** A budget that is missed by more than this part of it fails the run: a busy machine alone does less. */
const headRoom = 0.5;

/** Reads the table of BUDGETS.md. Throws {@link BudgetsError}. */
export function parseBudgets(markdown: string): Budget[] {
  const rows = markdown.split("\n").filter((line) => line.startsWith("| `"));
  if (rows.length === 0) {
    throw new BudgetsError("Cannot read the budgets: there is no row that begins with | `name`");
  }
  return rows.map((row) => {
    const [name = "", what = "", unit = "", budget = "", today = "", reference = "", ...rest] = row.slice(
      1,
      -1,
    )
      .split("|").map((cell) => cell.trim());
    const limit = amount(budget), known = amount(today);
    if (rest.length > 0 || what === "" || Number.isNaN(limit) || Number.isNaN(known)) {
      throw new BudgetsError(`Cannot read the budget ${row}`);
    }
    return { metric: name.replaceAll("`", ""), what, unit, limit, known, reference };
  });
}

function amount(cell: string): number | undefined {
  return cell === "" ? undefined : Number(cell);
}

/** How a figure stands to its budget. Of rates the budget is the least, of everything else the most. */
export function verdictOn({ limit, known, unit }: Budget, value: number): Verdict {
  if (limit === undefined) return { kind: "no-budget" };
  const share = shareOf(limit, value, unit);
  if (share <= 1) return { kind: "met", share };
  const worse = known === undefined ? share : Math.min(share, shareOf(known, value, unit));
  return { kind: worse <= 1 + headRoom ? "missed" : "failed", share };
}

function shareOf(limit: number, value: number, unit: string): number {
  if (unit === "claims/s") return limit / value;
  return limit === 0 ? 1 + value : value / limit;
}
