import { goBinary, GoError, type GoProgram } from "../../peers/go.ts";
import { LabError } from "../lab_error.ts";

/** Builds a program unless the cache has it, and resolves to its path. Throws {@link LabError} where that fails. */
async function buildProgram(program: GoProgram): Promise<string> {
  try {
    return await goBinary(program);
  } catch (cause) {
    if (!(cause instanceof GoError)) throw cause;
    throw new LabError(cause.message, { cause });
  }
}

/** Builds programs, and resolves to their paths by the ones that they have in a directory of an image. */
export async function buildPrograms(
  directory: string,
  programs: readonly GoProgram[],
): Promise<Map<string, string>> {
  const binaries = new Map<string, string>();
  for (const program of programs) binaries.set(`${directory}/${program.name}`, await buildProgram(program));
  return binaries;
}
