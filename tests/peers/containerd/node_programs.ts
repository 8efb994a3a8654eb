import type { GoProgram } from "../go.ts";

const newest = "v2.4.2.mod";
/** The oldest one that is still maintained. */
const oldest = "v1.7.35-node.mod";

/** The newest one with the newest NRI, which no release has yet: the first that knows a plugin's failure policy. */
const newestNri = "v2.4.2-nri0.12.5.mod";

const daemon = "containerd";
/** What a node runs beside the daemon: the shim of each pod, and the tool that imports images. */
const beside = ["containerd-shim-runc-v2", "ctr"] as const;

/** What a node runs of containerd 2.4. */
export const containerd24 = [daemon, ...beside].map((name) => program(name, newest));

/** What a node runs of containerd 1.7. */
export const containerd17 = [daemon, ...beside].map((name) => program(name, oldest));

/** The daemon of containerd 2.4 with NRI 0.12.5. */
export const containerdWithNewestNri = program(daemon, newestNri);

function program(name: string, moduleFile: string): GoProgram {
  const major = moduleFile === oldest ? "" : "/v2";
  return {
    name,
    module: new URL("./", import.meta.url),
    moduleFile,
    package: `github.com/containerd/containerd${major}/cmd/${name}`,
  };
}
