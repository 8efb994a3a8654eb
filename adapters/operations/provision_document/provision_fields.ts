import * as v from "valibot";
import { type NumaNodeId, numaNodeId } from "../../../core/values/ids.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import { parseWrittenPageSize } from "../../../core/values/written_page_size.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

const wantsSize = "a page size is wanted, such as 2Mi, 1Gi or 2048kB";

/** YAML makes a number of a size without a unit. */
const size = v.pipe(
  v.union([v.string(), v.number()], wantsSize),
  v.rawTransform<string | number, PageSize>(({ dataset: { value }, addIssue, NEVER }) => {
    try {
      return parseWrittenPageSize(String(value));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      addIssue({ message: wantsSize });
      return NEVER;
    }
  }),
);

const wantsCount = "a whole number of pages is wanted, 0 or more";

const count = v.pipe(
  v.number(wantsCount),
  v.safeInteger(wantsCount),
  v.minValue(0, wantsCount),
  v.transform((pages: number) => BigInt(pages)),
);

const wantsNode = "the number of a NUMA node is wanted";

const node = v.pipe(
  v.number(wantsNode),
  v.rawTransform<number, NumaNodeId>(({ dataset: { value }, addIssue, NEVER }) => {
    try {
      return numaNodeId(value);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      addIssue({ message: wantsNode });
      return NEVER;
    }
  }),
);

const wantsName = "a name of lower-case letters, digits, - and . is wanted";

/** The fields of a HugePageProvision. What they have no place for is refused, since it could be a misspelling. */
export const provisionFields = fields({
  apiVersion: v.exactOptional(v.string("a text is wanted")),
  kind: v.literal("HugePageProvision", "HugePageProvision is wanted"),
  metadata: fields({
    // As Kubernetes names objects (RFC 1123), so that it can stand in a unit's file as it is.
    name: v.pipe(v.string(wantsName), v.regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/, wantsName)),
  }),
  spec: fields({
    pages: v.array(fields({ size, count, node: v.exactOptional(node) }), "a list is wanted"),
    defaultHugepagesSize: v.exactOptional(size),
  }),
});

function fields<const T extends v.ObjectEntries>(entries: T) {
  const known = Object.keys(entries).join(", ");
  return v.strictObject(entries, ({ expected }) => {
    if (expected === "Object") return `fields are wanted: ${known}`;
    return expected === "never" ? `there is no such field (there are ${known})` : "it is missing";
  });
}
