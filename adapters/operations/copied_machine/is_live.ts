import { statfsSync } from "node:fs";

/** The types of the kernel's own file systems (include/uapi/linux/magic.h), and where they are as a rule. */
const live = {
  sysfs: { path: "/sys", type: 0x62656572 },
  procfs: { path: "/proc", type: 0x9fa0 },
} as const;

/** Whether a directory is the kernel's own `/sys` or `/proc`, wherever it is mounted, and no copy of one. */
export function isLive(kind: keyof typeof live, root: string): boolean {
  const { path, type } = live[kind];
  if (root.replace(/\/+$/, "") === path) return true;
  try {
    return statfsSync(root).type === type;
  } catch {
    return false; // What is not there, or cannot be looked at, is no file system of a kernel that runs.
  }
}
