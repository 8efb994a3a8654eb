import type { Brand } from "./brand.ts";
import { formatPageSize, type PageSize, parsePageSize } from "./page_size.ts";
import { quoted } from "./quoted.ts";
import { ParseError } from "./parse_error.ts";

/** What the driver hands out: `memory` or `hugepages-<page size>`, as in `hugepages-2m`. */
export type ResourceName = Brand<string, "ResourceName">;

const hugepagesPrefix = "hugepages-";

/** Memory in base pages. */
export const memoryResource = "memory" as ResourceName;

/** The resource of one hugepage size: `hugepages-2m`. */
export function hugepagesResource(size: PageSize): ResourceName {
  return `${hugepagesPrefix}${formatPageSize(size)}` as ResourceName;
}

/** Reads a resource name. Throws {@link ParseError}. */
export function parseResourceName(text: string): ResourceName {
  if (text === memoryResource) return memoryResource;
  try {
    if (text.startsWith(hugepagesPrefix)) {
      return hugepagesResource(parsePageSize(text.slice(hugepagesPrefix.length)));
    }
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
  }
  throw new ParseError(
    `Cannot parse resource name: ${quoted(text)} (expected memory or hugepages-<size>, as in hugepages-2m)`,
  );
}

/** The hugepage size that a resource stands for; undefined for memory in base pages. */
export function hugepageSizeOf(resource: ResourceName): PageSize | undefined {
  return resource === memoryResource ? undefined : parsePageSize(resource.slice(hugepagesPrefix.length));
}
