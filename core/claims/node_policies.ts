import { isKernelAtLeast } from "../values/kernel_version.ts";
import type { MemoryPolicy } from "./memory_policy.ts";
import type { MemoryTerms } from "./memory_terms.ts";

/** A container runtime as it said of itself at the last connection. */
export interface PolicyRuntime {
  /** Its name and version. */
  readonly name: string;
  /** Whether it takes memory policies, as NRI does from 0.12 on. */
  readonly hasPolicies: boolean;
}

/** The kernels in which set_mempolicy(2) got a policy, those left out that every kernel has. */
const sinceKernel: Partial<Record<MemoryPolicy["mode"], readonly [major: number, minor: number]>> = {
  preferredMany: [5, 15],
  weightedInterleave: [6, 9],
};

/** Why a kernel does not have a policy; undefined where it does, and where its version is not known. */
export function kernelProblem(mode: MemoryPolicy["mode"], release: string | undefined): string | undefined {
  const [major, minor] = sinceKernel[mode] ?? [0, 0];
  if (isKernelAtLeast(release, major, minor) !== false) return undefined;
  return `policy: ${mode} needs Linux ${major}.${minor}, and this node has ${release}`;
}

/**
 * Which terms containers of this node can have. A runtime that does not know memory policies would start the container with
 * another one, without a word: so it is known here before.
 */
export class NodePolicies {
  readonly #release: string | undefined;
  readonly #limitsProblem: string | undefined;
  /** Undefined until a runtime has connected: nothing is refused for its sake until then. */
  runtime: PolicyRuntime | undefined;

  /** `release` is that of the kernel; undefined where it cannot be read. `limitsProblem` keeps memory from being limited. */
  constructor(release: string | undefined, limitsProblem?: string) {
    this.#release = release;
    this.#limitsProblem = limitsProblem;
  }

  /** Why a container cannot have its memory on these terms here, if there is a reason. */
  problem({ policy, limits }: MemoryTerms): string | undefined {
    return (policy && this.#policyProblem(policy)) ?? (limits && this.#limitsProblem);
  }

  #policyProblem(mode: MemoryPolicy["mode"]): string | undefined {
    const ofKernel = kernelProblem(mode, this.#release);
    if (ofKernel !== undefined) return ofKernel;
    if (this.runtime === undefined || this.runtime.hasPolicies) return undefined;
    return `policy: ${mode} needs a container runtime with NRI 0.12, as containerd 2.3, and this node has ` +
      this.runtime.name;
  }
}
