import type { NumaNodeId } from "../../../core/values/ids.ts";
import { readText } from "../../shared/kernel_files/read_file.ts";
import { parseNodeList } from "./id_lists.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/**
 * The NUMA nodes that the kernel lets this process take memory from: `Mems_allowed_list` of proc_pid_status(5). Throws
 * {@link UnreadableFileError}.
 */
export async function allowedNodes(procfsRoot: string): Promise<NumaNodeId[]> {
  return await readText(`${procfsRoot}/self/status`, (text) => {
    const [, list] = /^Mems_allowed_list:\t(.*)$/m.exec(text) ?? [];
    if (list === undefined) throw new ParseError("has no line Mems_allowed_list");
    return parseNodeList(list);
  });
}
