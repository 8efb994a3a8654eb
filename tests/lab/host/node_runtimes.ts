import { LabError } from "../lab_error.ts";
import { containerRuntime } from "./container_runtime.ts";
import { crioRuntime } from "./crio.ts";
import type { MakeAdditions } from "./lab_files.ts";

const runtimes = new Map([["containerd", containerRuntime], ["crio", crioRuntime]]);

/** What a machine needs of a runtime, by its name, see {@link ociRuntimeFiles} for the other one. Throws {@link LabError}. */
export function nodeRuntimeFiles(name: string, ociRuntime: string | undefined): MakeAdditions {
  const files = runtimes.get(name);
  if (files !== undefined) return files(ociRuntime);
  throw new LabError(`Cannot run ${name}: there are ${[...runtimes.keys()].join(", ")}`);
}
