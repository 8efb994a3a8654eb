/** What stands beside the version and kind of a `MemoryConfig`, right or wrong. */
export type MemoryConfigFields = Readonly<Record<string, unknown>>;

/** What one claim gives a container: bytes of one resource of one NUMA node. */
export interface ClaimedShare {
  readonly resource: "memory" | "hugepages-2m";
  readonly numaNode: number;
  readonly bytes: number;
  /** The class that it asks for; that of the resource, in which memory without CPUs beside it is not, when absent. */
  readonly deviceClass?: string;
  /** The fields of each `MemoryConfig` that the claim has; none when absent. */
  readonly config?: MemoryConfigFields | readonly MemoryConfigFields[];
}

/** A started container, which ends with its pod when it is disposed of. */
export interface PlacedContainer extends AsyncDisposable {
  /** The directory of its cgroup, limits written. */
  readonly cgroup: string;
}

/** Starts containers with the limits that follow from their claims. */
export interface Placement {
  /** A pod of one container that has these claims, or none. */
  start(claims: readonly ClaimedShare[]): Promise<PlacedContainer>;
}
