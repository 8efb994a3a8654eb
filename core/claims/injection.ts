import type { HugetlbfsMount } from "./hugetlbfs.ts";

/** What a container that uses a request of a claim finds, beside the variables that tell of the claim itself. */
export interface Injection {
  /** The base request's name. */
  readonly request: string;
  /** Each with all that the container claims for the path, also by other requests and claims. */
  readonly mounts: readonly HugetlbfsMount[];
  /** `NAME=VALUE` entries for programs: what is held, and where hugepages are mounted. */
  readonly environment: readonly string[];
  readonly metadata: DeviceMetadata;
}

/** A file in a container that tells what a request of a claim was given (KEP-5304). */
export interface DeviceMetadata {
  readonly containerPath: string;
  /** One JSON object for each version of the format, the newest first. */
  readonly text: string;
}
