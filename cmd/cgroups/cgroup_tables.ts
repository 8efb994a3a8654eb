import type { HugetlbCounts } from "../../adapters/driver/cgroup/hugetlb_counts.ts";
import type { HugetlbCgroup } from "../../adapters/operations/cgroups/hugetlb_tree.ts";
import { formatKubernetesPageSize, type PageSize } from "../../core/values/page_size.ts";
import type { HugetlbLimit } from "../../core/ports/pod_cgroup.ts";
import { formatQuantity } from "../../core/values/quantity.ts";
import { columns } from "../ui/output.ts";

/** What `cgroups -o json` prints of a cgroup. Sizes are bytes, limits that or "max"; null is what the kernel does not tell, or miscounts. */
export interface PrintedCgroup {
  readonly path: string;
  readonly pod: string | null;
  readonly hugetlb: readonly {
    readonly pageSize: number;
    readonly limit: number | "max" | null;
    readonly reservationLimit: number | "max" | null;
    readonly current: number | null;
    readonly reserved: number | null;
    readonly limitHits: number | null;
  }[];
  readonly children: readonly PrintedCgroup[];
}

/** Trees of cgroups in the form that is printed. */
export function hugetlbTree(cgroups: readonly HugetlbCgroup[]): PrintedCgroup[] {
  return cgroups.map(({ path, pod, sizes, children }) => ({
    path,
    pod: pod ?? null,
    hugetlb: sizes.map(({ pageSize, limit, reservationLimit, current, reserved, limitHits }) => ({
      pageSize: Number(pageSize),
      limit: printedLimit(limit),
      reservationLimit: printedLimit(reservationLimit),
      current: printedNumber(current),
      reserved: printedNumber(reserved),
      limitHits: printedNumber(limitHits),
    })),
    children: hugetlbTree(children),
  }));
}

/** The same for people: sizes that no pod may use or has tried to use are left out, which is said. */
export function hugetlbTable(roots: readonly HugetlbCgroup[]): string {
  const rows = roots.flatMap((root) => flattened(root, 0));
  const sizes = [...new Set(rows.flatMap(({ cgroup }) => cgroup.sizes.map(({ pageSize }) => pageSize)))];
  const hasPods = rows.some(({ cgroup }) => cgroup.pod !== undefined);
  const used = sizes.filter((size) =>
    rows.some(({ cgroup }) => wasUsed(countsOf(cgroup, size))) ||
    roots.some((root) => hasPods ? mayUse(root, size) : allows(root, size))
  );
  const left = sizes.filter((size) => !used.includes(size)).map(formatKubernetesPageSize);
  return [
    columns([
      ["CGROUP", "PAGE", "LIMIT", "RESERVATION LIMIT", "CURRENT", "RESERVED", "LIMIT MET"],
      ...rows.flatMap(({ cgroup, depth }) => rowsOf(cgroup, depth, used)),
    ]),
    ...left.length > 0 ? [`No pod may use or has tried to use pages of ${left.join(", ")}`] : [],
    ...rows.some(({ cgroup }) => cgroup.sizes.some(({ belowZero }) => belowZero.length > 0))
      ? ["Below 0: the kernel took off more than it had added, and does not tell what is in use there"]
      : [],
    ...sizes.length === 0
      ? ["There are no hugetlb files: the controller is not enabled for these cgroups"]
      : [],
  ].join("\n");
}

function flattened(cgroup: HugetlbCgroup, depth: number): { cgroup: HugetlbCgroup; depth: number }[] {
  return [{ cgroup, depth }, ...cgroup.children.flatMap((child) => flattened(child, depth + 1))];
}

function rowsOf(cgroup: HugetlbCgroup, depth: number, sizes: readonly PageSize[]): string[][] {
  const title = "  ".repeat(depth) + (depth === 0 ? cgroup.path : cgroup.name);
  const shown = cgroup.sizes.filter(({ pageSize }) => sizes.includes(pageSize));
  if (shown.length === 0) return [[title]];
  return shown.map((
    { pageSize, limit, reservationLimit, current, reserved, limitHits, belowZero },
    index,
  ) => [
    index === 0 ? title : "",
    formatKubernetesPageSize(pageSize),
    quantity(limit),
    quantity(reservationLimit),
    belowZero.includes("current") ? "below 0" : quantity(current),
    belowZero.includes("reserved") ? "below 0" : quantity(reserved),
    limitHits === undefined ? "?" : `${limitHits}`,
  ]);
}

function countsOf({ sizes }: HugetlbCgroup, size: PageSize): HugetlbCounts | undefined {
  return sizes.find(({ pageSize }) => pageSize === size);
}

/**
 * Whether a pod in a tree may use a size: no limit on the way to it is zero, which is what the kubelet gives each pod
 * that asks for none. A limit that is not known may be anything, and a cgroup without the files has no limit of its
 * own.
 */
function mayUse(cgroup: HugetlbCgroup, size: PageSize): boolean {
  if (!allows(cgroup, size)) return false;
  return cgroup.pod !== undefined || cgroup.children.some((child) => mayUse(child, size));
}

/** Whether a cgroup by itself leaves something of a size to those below it, of whom there may be none yet. */
function allows(cgroup: HugetlbCgroup, size: PageSize): boolean {
  const { limit, reservationLimit } = countsOf(cgroup, size) ?? {};
  return limit !== 0n && reservationLimit !== 0n;
}

function wasUsed(counts: HugetlbCounts | undefined): boolean {
  const { current = 0n, reserved = 0n, limitHits = 0n, belowZero = [] } = counts ?? {};
  return belowZero.length > 0 || current > 0n || reserved > 0n || limitHits > 0n;
}

function quantity(value: HugetlbLimit | undefined): string {
  if (value === undefined) return "?";
  return value === "max" ? value : formatQuantity(value);
}

function printedLimit(limit: HugetlbLimit | undefined): number | "max" | null {
  return limit === "max" ? limit : printedNumber(limit);
}

function printedNumber(value: bigint | undefined): number | null {
  return value === undefined ? null : Number(value);
}
