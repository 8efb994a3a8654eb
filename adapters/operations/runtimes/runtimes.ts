import { containerd } from "./containerd/containerd.ts";
import { crio } from "./crio/crio.ts";
import type { ContainerRuntime } from "./runtime.ts";
import type { RuntimeName } from "./runtime_names.ts";

/** Every runtime that the driver works with. */
export const runtimes = { containerd, crio } satisfies Record<RuntimeName, ContainerRuntime>;
