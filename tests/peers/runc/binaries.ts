import type { GoProgram } from "../go.ts";

/** The OCI runtime, with seccomp: the kubelet asks for a filter for each pod. Takes libseccomp's headers. */
export const runcProgram: GoProgram = {
  name: "runc",
  module: new URL("./", import.meta.url),
  package: "github.com/opencontainers/runc",
  tags: ["seccomp", "urfave_cli_no_docs"],
  cgo: true,
};
