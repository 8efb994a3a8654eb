import type { PageMoveFacts } from "../../../core/operations/ports/node_facts.ts";
import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";

/**
 * Reads by what this kernel moves pages that containers have, below `kernel/mm`: `numa/demotion_enabled`
 * (Documentation/ABI/testing/sysfs-kernel-mm-numa), `ksm/run` and `ksm/merge_across_nodes`
 * (Documentation/admin-guide/mm/ksm.rst). What is missing or cannot be read is off.
 */
export async function readPageMoves(sysfsRoot: string): Promise<PageMoveFacts> {
  const says = async (path: string, wanted: string) => {
    const text = await attempt(readText(`${sysfsRoot}/kernel/mm/${path}`, (text) => text.trim()));
    return !(text instanceof UnreadableFileError) && text === wanted;
  };
  const [demotion, merging, acrossNodes] = await Promise.all([
    says("numa/demotion_enabled", "true"),
    says("ksm/run", "1"),
    says("ksm/merge_across_nodes", "1"),
  ]);
  return { demotion, mergingAcrossNodes: merging && acrossNodes };
}
