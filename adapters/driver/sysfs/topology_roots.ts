/** Where the kernel's file systems are, or copies of some other machine's. */
export interface TopologyRoots {
  /** `/sys`, or a directory that stands in for it. */
  readonly sysfsRoot: string;
  /** `/proc`, or a directory that stands in for it. */
  readonly procfsRoot: string;
  /** The firmware's SMBIOS table, where it is not in its place below `sysfsRoot`: runtimes hide that from containers. */
  readonly smbiosTable?: string;
}

/** The file with the firmware's SMBIOS table (Documentation/ABI/testing/sysfs-firmware-dmi-tables). */
export function smbiosTableOf(
  { sysfsRoot, smbiosTable }: Pick<TopologyRoots, "sysfsRoot" | "smbiosTable">,
): string {
  return smbiosTable ?? `${sysfsRoot}/firmware/dmi/tables/DMI`;
}
