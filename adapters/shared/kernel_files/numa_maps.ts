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
