import type { HugePageProvision } from "../../../core/operations/setup_hugepages/provision.ts";
import { parseProvisionDocument } from "./parse_document.ts";
import { readGivenText } from "../../shared/files/given_text.ts";
import { osReason } from "../../shared/files/os_reason.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** Far more than a document for the largest machine takes. */
const maxBytes = 1 << 20;

/**
 * Reads the HugePageProvision in a file, or on standard input when the file is called `-`. Throws
 * {@link OperatorError}.
 */
export async function readProvisionDocument(file: string): Promise<HugePageProvision> {
  const name = file === "-" ? "standard input" : file;
  const text = await readText(file, name);
  try {
    return parseProvisionDocument(text);
  } catch (cause) {
    if (!(cause instanceof OperatorError)) throw cause;
    const problems = cause.message.split("\n").map((line) => `  ${line}`).join("\n");
    throw new OperatorError(`Cannot read ${name} as a HugePageProvision:\n${problems}`, { cause });
  }
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return await readGivenText(file, maxBytes);
  } catch (cause) {
    throw new OperatorError(`Cannot read ${name}: ${osReason(cause)}`, { cause });
  }
}
