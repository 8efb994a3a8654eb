/** The hugepages of one mapping, in bytes by node. */
export interface HugetlbMapping {
  /** Where it begins and what it maps: the same in a process and those that it forked. */
  readonly key: string;
  readonly pageBytes: bigint;
  readonly bytes: ReadonlyMap<number, bigint>;
}

/**
 * Reads the hugetlb mappings out of `/proc/<pid>/numa_maps`: lines such as
 * `7f8c00000000 default file=/anon_hugepage\040(deleted) huge anon=3 dirty=3 N1=3 kernelpagesize_kB=2048`, counted in
 * pages of the mapping's own size (numa_maps(5), `show_numa_map` of fs/proc/task_mmu.c).
 */
export function parseHugetlbMappings(text: string): HugetlbMapping[] {
  return text.split("\n").flatMap((line) => {
    const [, kibibytes] = / huge .*\bkernelpagesize_kB=(\d{1,10})$/.exec(line) ?? [];
    if (kibibytes === undefined) return [];
    const pageBytes = BigInt(kibibytes) << 10n;
    const [address = "", , file = ""] = line.split(" ", 3);
    const nodes = [...line.matchAll(/ N(\d{1,4})=(\d{1,15})\b/g)];
    return [{
      key: `${address} ${file}`,
      pageBytes,
      bytes: new Map(nodes.map(([, node, pages]) => [Number(node), BigInt(pages ?? 0) * pageBytes])),
    }];
  });
}

/** What the kernel calls memory policies (`policy_modes` of mm/mempolicy.c), and what a configuration does. */
const policyNames: Readonly<Record<string, string>> = {
  "prefer": "preferred",
  "prefer (many)": "preferredMany",
  "weighted interleave": "weightedInterleave",
};

/**
 * The memory policy of the process whose `/proc/<pid>/numa_maps` this is: that of its first mapping, the program itself,
 * which has none of its own (`mpol_to_str` of mm/mempolicy.c). With its nodes where it has some, `interleave:0-1`.
 * Undefined for anything else.
 */
export function parseMemoryPolicy(text: string): string | undefined {
  const [, mode = "", nodes] =
    /^[0-9a-f]+ ((?:weighted )?[a-z]+(?: \(many\))?)(?:=[a-z|]+)?(?::(\d[\d,-]*))?(?:\s|$)/.exec(text) ?? [];
  if (mode === "") return undefined;
  const name = policyNames[mode] ?? mode;
  return nodes === undefined ? name : `${name}:${nodes}`;
}
