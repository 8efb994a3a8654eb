import type { GoProgram } from "../_go.ts";

/** What a node runs of containerd 2.4: the daemon, the shim beside each pod, and the tool that imports images. */
export const containerdNodePrograms: readonly GoProgram[] = [
  "containerd",
  "containerd-shim-runc-v2",
  "ctr",
].map((name) => ({
  name,
  module: new URL("./", import.meta.url),
  moduleFile: "v2.4.2.mod",
  package: `github.com/containerd/containerd/v2/cmd/${name}`,
}));
