import type { GoProgram } from "../go.ts";

const module = new URL("./", import.meta.url);

/** CRI-O's module, and where the module is that depends on it. */
export const crioModule = { path: "github.com/cri-o/cri-o", directory: module.pathname };

/**
 * CRI-O, at the one version that the Go module proxy has: 1.34.0 by name, and by its commit of May 2025 what became 1.33,
 * with NRI 0.9. Without what takes C libraries: file systems, signatures, and seccomp.
 */
export const crioProgram: GoProgram = {
  name: "crio",
  module,
  package: `${crioModule.path}/cmd/crio`,
  tags: ["containers_image_openpgp", "exclude_graphdriver_btrfs", "exclude_graphdriver_devicemapper"],
};
