import type { ClaimReference, PreparedClaim } from "./claim.ts";
import type { ClaimOwners, Holdings } from "./claim_owners.ts";
import type { ClaimStore } from "./claim_store.ts";
import { heldSharesOf } from "./container_adjustment.ts";
import { decodeEnvironment, EnvironmentError } from "./environment.ts";
import { memoryPolicyOf, PolicyConflictError } from "./memory_policy.ts";
import type { NodePolicies } from "./node_policies.ts";
import { runsInVirtualMachine } from "./virtual_machine.ts";
import type { RefusalReason } from "../events/refusal_reason.ts";
import { ClaimCheckpointError } from "../ports/claim_checkpoint.ts";
import type { Container, Sandbox } from "../ports/container_service.ts";
import type { ClaimUid } from "../values/ids.ts";

/** What is known of claims, and of what this node can give. */
export interface ClaimBindingSources {
  readonly store: Pick<ClaimStore, "get" | "sync">;
  readonly owners: ClaimOwners;
  /** On which terms containers of this node can have memory; on all, where it is absent. */
  readonly policies?: Pick<NodePolicies, "problem">;
  /**
   * Looks whether the cluster gave claims to another pod than they are prepared for, and prepares them anew then.
   * Bounded in time, far below what the runtime waits for an answer. Undefined where nobody can.
   */
  readonly renew?: (claims: readonly ClaimReference[]) => Promise<void>;
}

/** What became of the look at a container's claims. */
export type Binding =
  & { /** The claims that it shows. */ readonly claims: readonly ClaimUid[] }
  & (
    | {
      readonly kind: "bound";
      readonly holdings: Holdings;
      readonly newlyBound: readonly PreparedClaim[];
    }
    | { readonly kind: "refused"; readonly reason: RefusalReason; readonly why: string }
  );

/** Finds out whether a container may have the claims that its environment points at. What counts is the store. */
export class ClaimBinding {
  readonly #sources: ClaimBindingSources;

  constructor(sources: ClaimBindingSources) {
    this.#sources = sources;
  }

  /**
   * As {@link bind}, after another look at the cluster where that helps: a claim that is prepared for another pod can have
   * been given to this one without having been unprepared, by a kubelet that thinks it prepared and asks nothing.
   */
  async bindOrRenew(sandbox: Sandbox, container: Container): Promise<Binding> {
    const { store, renew } = this.#sources;
    const binding = await this.bind(sandbox, container);
    if (renew === undefined || binding.kind === "bound" || binding.reason !== "other-pod") return binding;
    const { uid } = sandbox.reference;
    const others = binding.claims.flatMap((claim) => store.get(claim) ?? []).filter(({ pod }) =>
      pod.uid !== uid
    );
    await renew(others.map(({ reference }) => reference));
    return await this.bind(sandbox, container);
  }

  /** Binds to a container all the claims that it shows, or none: then it says why. */
  async bind(
    { reference: pod, runtimeHandler }: Sandbox,
    { name, environment }: Container,
  ): Promise<Binding> {
    const { store, owners } = this.#sources;
    let claims: readonly ClaimUid[] = [];
    const refused = (reason: RefusalReason, why: string): Binding => ({
      kind: "refused",
      claims,
      reason,
      why,
    });
    try {
      const shown = decodeEnvironment(environment);
      claims = [...new Set(shown.map(({ claim }) => claim))];
      if (runsInVirtualMachine(runtimeHandler)) {
        return refused(
          "virtual-machine",
          `the runtime handler ${runtimeHandler} runs it in a virtual machine, where claims of memory and hugepages ` +
            "are not supported: give the pod another RuntimeClass, or no claim",
        );
      }
      // Another instance of the driver may have prepared it a moment ago.
      if (claims.some((claim) => store.get(claim) === undefined)) await store.sync();
      const outcome = owners.bind({ pod: pod.uid, name }, shown);
      if (outcome.kind !== "bound") return refused(outcome.problem, outcome.message);
      const problem = this.#termsProblem(outcome.holdings);
      if (problem === undefined) return { ...outcome, claims };
      owners.unbind(outcome.newlyBound);
      return refused(...problem);
    } catch (error) {
      if (error instanceof EnvironmentError) return refused("malformed-environment", error.message);
      if (error instanceof ClaimCheckpointError) return refused("checkpoint-failed", error.message);
      throw error;
    }
  }

  /** What claims ask for together was checked when each was prepared, as far as the others were known then. */
  #termsProblem(holdings: Holdings): [RefusalReason, string] | undefined {
    try {
      const shares = heldSharesOf(holdings);
      memoryPolicyOf(shares);
      const problems = shares.flatMap(({ terms }) => (terms && this.#sources.policies?.problem(terms)) ?? []);
      const [problem] = problems;
      return problem === undefined ? undefined : ["config-unsupported", problem];
    } catch (error) {
      if (error instanceof PolicyConflictError) return ["policy-conflict", error.message];
      throw error;
    }
  }
}
