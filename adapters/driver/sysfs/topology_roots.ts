/** Where the kernel's file systems are, or copies of some other machine's. */
export interface TopologyRoots {
  /** `/sys`, or a directory that stands in for it. */
  readonly sysfsRoot: string;
  /** `/proc`, or a directory that stands in for it. */
  readonly procfsRoot: string;
}
