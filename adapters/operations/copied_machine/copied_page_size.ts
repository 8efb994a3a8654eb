import { inferredPageSize } from "../../../core/topology/inferred_page_size.ts";
import { formatKubernetesPageSize, type PageSize, pageSize } from "../../../core/values/page_size.ts";
import { TopologyError } from "../../../core/ports/topology_source.ts";
import { parseAuxvPageSize } from "../../shared/kernel_files/auxv.ts";
import {
  attempt,
  isMissing,
  readFile,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { readArchitecture } from "./architecture.ts";
import type { Assumptions } from "./assumptions.ts";

/**
 * The size of a base page of a copied machine: as its kernel says it, as the caller does, as another file of the copy
 * tells it, or as machines of its kind have it; the last two are noted. Throws {@link TopologyError} when kernel and
 * caller contradict each other.
 */
export async function readCopiedPageSize(
  procfsRoot: string,
  given: PageSize | undefined,
  hugepageSizes: readonly PageSize[],
  notes: Assumptions,
): Promise<PageSize> {
  const path = `${procfsRoot}/self/auxv`;
  const auxv = await attempt(readFile(path, parseAuxvPageSize));
  if (!(auxv instanceof UnreadableFileError)) {
    if (given === undefined || given === auxv) return auxv;
    throw new TopologyError(
      path,
      `the page size there is ${written(auxv)}, and --page-size says ${written(given)}`,
    );
  }
  if (given !== undefined) return given;
  const why = isMissing(auxv) ? "the copy has no proc/self/auxv" : `proc/self/auxv ${auxv.reason}`;
  const note = (size: PageSize, source: string): PageSize => {
    notes.add(`page size ${written(size)}, ${source}: ${why}; --page-size says it`);
    return size;
  };
  const told = await attempt(readText(`${procfsRoot}/hwloc-nofile-info`, parsePageSizeLine));
  if (!(told instanceof UnreadableFileError)) return note(told, "by proc/hwloc-nofile-info");
  const known = await readArchitecture(procfsRoot);
  const size = inferredPageSize(known?.architecture, hugepageSizes);
  const source = [
    ...known === undefined ? [] : [`by its processors (${known.architecture}, ${known.file})`],
    ...hugepageSizes.length === 0 ? [] : [`by its hugepages (${hugepageSizes.map(written).join(", ")})`],
  ].join(" and ");
  return note(size, source === "" ? "as most machines have" : source);
}

/** hwloc-gather-topology writes `PageSize: 65536`. */
function parsePageSizeLine(text: string): PageSize {
  const [, bytes] = /^PageSize: (\d{1,8})$/m.exec(text) ?? [];
  return pageSize(BigInt(bytes ?? 0));
}

function written(size: PageSize): string {
  return formatKubernetesPageSize(size);
}
