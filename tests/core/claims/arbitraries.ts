import fc from "fast-check";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { type ClaimEnvironment, inOrder, type Share } from "../../../core/claims/environment.ts";
import { claimUid, numaNodeId } from "../../../core/values/ids.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import { allocationOf, podOf } from "../samples.ts";

const resource = fc.constantFrom("memory", "hugepages-64k", "hugepages-2m", "hugepages-1g");
const node = fc.oneof(fc.nat(3), fc.nat(1023));
const bytes = fc.oneof(
  fc.bigInt(1n, 4096n).map((count) => count << 20n),
  fc.bigInt(1n, (1n << 63n) - 1n),
);
const requestName = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);

export const share: fc.Arbitrary<Share> = fc.tuple(resource, node, bytes).map(([name, id, amount]) => ({
  resource: parseResourceName(name),
  numaNode: numaNodeId(id),
  bytes: amount,
}));

/** Environments of different claims or requests, as one container can have them. */
export const environments: fc.Arbitrary<ClaimEnvironment[]> = fc.uniqueArray(
  fc.record({
    claim: fc.uuid().map(claimUid),
    request: fc.option(requestName, { nil: undefined }),
    shares: fc.array(share, { minLength: 1, maxLength: 5 }).map(inOrder),
  }, { noNullPrototype: true }),
  { selector: ({ claim, request }) => `${claim} ${request}`, minLength: 1, maxLength: 4 },
);

/** A claim of up to three requests with up to four shares in all, prepared for pod 1. */
export const claim: fc.Arbitrary<PreparedClaim> = fc.tuple(
  fc.uuid().map(claimUid),
  fc.uniqueArray(requestName, { minLength: 1, maxLength: 3 }),
  fc.array(fc.tuple(fc.nat(2), resource, node, bytes), { minLength: 1, maxLength: 4 }),
).map(([uid, requests, shares]) => ({
  reference: { namespace: "default", name: "claim", uid },
  pod: podOf(1),
  allocations: shares.map(([index, name, id, amount]) =>
    allocationOf(`${name}-numa${id}`, amount, requests[index % requests.length])
  ),
}));
