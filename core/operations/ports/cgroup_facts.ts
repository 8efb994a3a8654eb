/** A cgroup hierarchy that is mounted. */
export interface CgroupMount {
  readonly version: 1 | 2;
  readonly mountPoint: string;
  /** The controllers in it. */
  readonly controllers: readonly string[];
  /** The options of its superblock, `memory_hugetlb_accounting` among them where that is set. */
  readonly options: readonly string[];
}

/** A cgroup on the way to the pods' ones. */
export interface CgroupLevel {
  /** From the mount, which is `/`. */
  readonly path: string;
  /** The controllers that the cgroups below it have. */
  readonly subtreeControl: readonly string[];
}

/** What `--cgroup-mount` stands for on this machine. */
export type CgroupPlace =
  /** Pods' limits are to be left alone. */
  | { readonly kind: "unused" }
  /** The mounts of this machine cannot be read. */
  | { readonly kind: "unknown"; readonly path: string; readonly reason: string }
  | { readonly kind: "missing"; readonly path: string }
  /** A directory on some other file system, such as a demo's, or the one that the hierarchies are mounted in. */
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "v1"; readonly path: string }
  | CgroupV2Place;

/** A cgroup v2 hierarchy, as the path that was named shows it. */
export interface CgroupV2Place {
  readonly kind: "v2";
  readonly path: string;
  readonly controllers: readonly string[];
  /** Of its superblock. */
  readonly options: readonly string[];
  /** Why its files cannot be written; undefined when they can. */
  readonly notWritable: string | undefined;
  /** From the mount down to the kubelet's own cgroup, that one included; undefined where there is none. */
  readonly kubelet: readonly CgroupLevel[] | undefined;
  /** Below that the classes of service in which there are pods: it is they that hand controllers on to pods then. */
  readonly classes: readonly CgroupLevel[];
}

/** The cgroups of this machine. */
export interface CgroupFacts {
  readonly place: CgroupPlace;
  /** Whether somebody named the place, instead of leaving it to be found. */
  readonly named: boolean;
  /** Every hierarchy that is mounted. */
  readonly mounts: readonly CgroupMount[];
}
