import type { GoProgram } from "../go.ts";

/** The command line of CRI, which speaks to a runtime as the kubelet does. */
export const crictlProgram: GoProgram = {
  name: "crictl",
  module: new URL("./", import.meta.url),
  package: "sigs.k8s.io/cri-tools/cmd/crictl",
};
