import { type PageSize, pageSize } from "../../../core/values/page_size.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** Types of entries, of the kernel's include/uapi/linux/auxvec.h. */
const atNull = 0n, atPageSize = 6n;

/** Larger than any base page of any architecture. */
const maxPageBytes = 1n << 24n;

/**
 * Reads the size of a base page from the auxiliary vector of a 64-bit process (`/proc/<pid>/auxv`): pairs of
 * type and value up to the type 0, in the byte order of the machine.
 *
 * The tree can be a copy from a machine of the other byte order (s390x), so both are tried. Only one fits: the
 * bytes of the type 6 are no type at all the other way round. Throws {@link ParseError}.
 */
export function parseAuxvPageSize(auxv: Uint8Array): PageSize {
  const size = find(auxv, true) ?? find(auxv, false);
  if (size === undefined) throw new ParseError("holds no page size (entry AT_PAGESZ)");
  return size;
}

function find(auxv: Uint8Array, littleEndian: boolean): PageSize | undefined {
  const view = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength);
  for (let offset = 0; offset + 16 <= view.byteLength; offset += 16) {
    const type = view.getBigUint64(offset, littleEndian);
    if (type === atPageSize) return asPageSize(view.getBigUint64(offset + 8, littleEndian));
    if (type === atNull) return undefined;
  }
  return undefined;
}

function asPageSize(bytes: bigint): PageSize | undefined {
  try {
    return bytes > maxPageBytes ? undefined : pageSize(bytes);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    return undefined;
  }
}
