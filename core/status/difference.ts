/** In which way a container has something else than it was promised: few, so that they can be a metric's label. */
export const differenceReasons = [
  "numa-nodes",
  "hugepage-limit",
  "reservation-limit",
  "pod-limit",
  "left-in-pod",
  "hugepages-elsewhere",
  "memory-elsewhere",
  "memory-policy",
  "memory-limit",
  "other",
] as const;
export type DifferenceReason = (typeof differenceReasons)[number];

/** The kernel's file that tells, and whose it is. */
export interface ComparedFile {
  readonly of: "container" | "pod";
  readonly file: string;
}

/** What the kernel's files are about, those of a pod first: its files are called as its containers'. */
const reasons: readonly (readonly [of: ComparedFile["of"], file: RegExp, reason: DifferenceReason])[] = [
  ["pod", /\.max$/, "pod-limit"],
  ["pod", /^memory\.(low|min)$/, "pod-limit"],
  ["pod", /\.current$/, "left-in-pod"],
  ["container", /^cpuset\./, "numa-nodes"],
  ["container", /\.rsvd\.max$/, "reservation-limit"],
  ["container", /^hugetlb\..*\.max$/, "hugepage-limit"],
  ["container", /^hugetlb\..*\.numa_stat$/, "hugepages-elsewhere"],
  ["container", /^memory\.numa_stat/, "memory-elsewhere"],
  ["container", /^numa_maps$/, "memory-policy"],
  ["container", /^memory\.(max|high|low|min|swap\.max)$/, "memory-limit"],
];

/** In which way something differs. */
export function differenceOf({ of, file }: ComparedFile): DifferenceReason {
  return reasons.find(([whose, pattern]) => whose === of && pattern.test(file))?.[2] ?? "other";
}
