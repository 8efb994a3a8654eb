import { humanBytes } from "../../core/values/human_bytes.ts";
import { formatKubernetesPageSize } from "../../core/values/page_size.ts";
import type { PoolPlan } from "../../core/operations/setup_hugepages/plan.ts";
import type { PoolOutcome } from "../../core/operations/setup_hugepages/resize_pools.ts";
import { columns } from "../ui/output.ts";
import { reservedText } from "../ui/reserved_text.ts";

/** What a plan would change, for people. */
export function planTable(plans: readonly PoolPlan[]): string {
  const reserved = new Map(plans.map(({ pageSize, reserved }) => [pageSize, reserved]));
  return [
    columns([
      ["PAGE", "NODE", "FROM", "TO", "CHANGE", "IN USE", "CLAIMED"],
      ...plans.map((plan) => [...poolCells(plan), changeText(plan), `${plan.inUse}`, `${plan.promised}`]),
    ]),
    ...[...reserved].filter(([, pages]) => pages > 0n)
      .map(([pageSize, pages]) => reservedText(Number(pageSize), Number(pages))),
  ].join("\n");
}

/** What came of a plan, for people. */
export function outcomeTable(plans: readonly PoolPlan[], outcomes: readonly PoolOutcome[]): string {
  const gotText = (plan: PoolPlan) => {
    const outcome = outcomes.find((outcome) => outcome.plan === plan);
    if (outcome === undefined) return plan.from === plan.to ? `${plan.to}` : "?";
    return `${outcome.now}${outcome.surplus > 0n ? ` (+${outcome.surplus} until they are freed)` : ""}`;
  };
  return columns([
    ["PAGE", "NODE", "FROM", "TO", "GOT"],
    ...plans.map((plan) => [...poolCells(plan), gotText(plan)]),
  ]);
}

function poolCells({ pageSize, numaNode, from, to }: PoolPlan): string[] {
  return [formatKubernetesPageSize(pageSize), `${numaNode}`, `${from}`, `${to}`];
}

function changeText({ pageSize, from, to }: PoolPlan): string {
  if (from === to) return "none";
  const sign = to > from ? "+" : "-", pages = to > from ? to - from : from - to;
  return `${sign}${pages} (${humanBytes(Number(pages * pageSize))})`;
}
