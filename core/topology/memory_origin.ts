/** What memory is made of or behind, where something of the kernel's says so. */
export type MemoryOrigin = "hbm" | "cxl" | "pmem";
