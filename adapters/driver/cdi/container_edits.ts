import { type ClaimEnvironment, encodeEnvironment } from "../../../core/claims/environment.ts";
import type { HugetlbfsMount } from "../../../core/claims/hugetlbfs.ts";
import type { Injection } from "../../../core/claims/injection.ts";
import { formatPageSize } from "../../../core/values/page_size.ts";

/** What a CDI device changes of a container, as far as this driver does (container-device-interface, SPEC.md). */
export interface ContainerEdits {
  readonly env: readonly string[];
  readonly mounts?: readonly CdiMount[];
}

interface CdiMount {
  readonly hostPath: string;
  readonly containerPath: string;
  /** Always said: crun (1.28) starts nothing in a user namespace with a mount that leaves it out. */
  readonly type: "bind" | "hugetlbfs";
  readonly options: readonly string[];
}

/** The edits of a request of a claim, whose metadata is in the file `metadataPath`. */
export function containerEdits(
  environment: ClaimEnvironment,
  injection: Injection | undefined,
  metadataPath: string,
): ContainerEdits {
  const env = encodeEnvironment(environment);
  if (injection === undefined) return { env };
  const { mounts, metadata } = injection;
  return {
    env: [...env, ...injection.environment],
    mounts: [
      ...mounts.map(hugetlbfs),
      {
        hostPath: metadataPath,
        containerPath: metadata.containerPath,
        type: "bind",
        options: ["ro", "bind"],
      },
    ],
  };
}

/**
 * A hugetlbfs (Documentation/admin-guide/mm/hugetlbpage.rst): it takes no page before one is used, never more than were
 * claimed, and like /tmp belongs to whoever the container runs as. It goes with the container, and its files with it.
 */
function hugetlbfs({ pageSize, path, bytes }: HugetlbfsMount): CdiMount {
  const size = formatPageSize(pageSize).toUpperCase();
  return {
    hostPath: "hugetlbfs",
    containerPath: path,
    type: "hugetlbfs",
    options: ["nosuid", "nodev", `pagesize=${size}`, `size=${bytes}`, "mode=1777"],
  };
}
