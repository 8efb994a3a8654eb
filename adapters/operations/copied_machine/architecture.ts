import type { Architecture } from "../../../core/topology/inferred_page_size.ts";
import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";

/** An architecture, and the file that tells it. */
export interface ToldArchitecture {
  readonly architecture: Architecture;
  readonly file: string;
}

/** By what `uname -m` prints, or compilers and packages call the same. */
const machineNames: readonly (readonly [RegExp, Architecture])[] = [
  [/\b(?:x86_64|amd64|i[3-6]86)\b/, "x86"],
  [/\b(?:aarch64|arm64)\b/, "arm64"],
  [/\b(?:ppc64|ppc64le|ppc64el|powerpc64|powerpc64le)\b/, "ppc64"],
  [/\bs390x?\b/, "s390x"],
  [/\bia64\b/, "ia64"],
  [/\bloongarch64\b/, "loongarch64"],
  [/\bsparc64\b/, "sparc64"],
  [/\b(?:riscv64|armv[5-8]\w*|mips\w*|alpha|parisc\w*)\b/, "other"],
];

/** By lines of `/proc/cpuinfo`, whose form each architecture makes up for itself (`show_cpuinfo` in arch/). */
const processorLines: readonly (readonly [RegExp, Architecture])[] = [
  [/^arch[ \t]*: IA-64/m, "ia64"],
  [/^vendor_id[ \t]*: IBM\/S390/m, "s390x"],
  [/^vendor_id[ \t]*: |^flags[ \t]*:.* (?:lm|pse)\b/m, "x86"],
  [/^CPU architecture[ \t]*: (?:8|AArch64)/m, "arm64"],
  [/^cpu[ \t]*: (?:POWER|PPC970|Cell)/m, "ppc64"],
  [/^CPU Family[ \t]*: Loongson/m, "loongarch64"],
  [/^cpu[ \t]*:.*(?:SPARC|UltraSparc)/m, "sparc64"],
  [/^(?:isa|CPU architecture|cpu model|Hardware)[ \t]*: /m, "other"],
];

/** Where it stands, the exact ones first. `hwloc-nofile-info` is what hwloc-gather-topology adds to its copies. */
const sources = [
  ["sys/kernel/arch", machineNames],
  ["hwloc-nofile-info", machineNames],
  ["cpuinfo", processorLines],
  ["sys/kernel/osrelease", machineNames],
  ["version", machineNames],
] as const;

/** Finds out from a copy of `/proc` what processors its machine has; undefined when nothing there tells. */
export async function readArchitecture(procfsRoot: string): Promise<ToldArchitecture | undefined> {
  for (const [file, patterns] of sources) {
    const text = await attempt(readText(`${procfsRoot}/${file}`, (text) => text));
    if (text instanceof UnreadableFileError) continue;
    const architecture = patterns.find(([pattern]) => pattern.test(text))?.[1];
    if (architecture !== undefined) return { architecture, file: `proc/${file}` };
  }
  return undefined;
}
