import type { ClaimRequest, DeviceAsk } from "../cluster/claims.ts";
import { sizeCapacity } from "../../devices/slice_device.ts";
import type { Wanted } from "./placement.ts";
import type { Remedy } from "./remedy.ts";

/** What is wanted with a remedy applied. */
export function withRemedy(wanted: Wanted, remedy: Remedy): Wanted {
  return {
    ...wanted,
    claims: wanted.claims.map((claim) => {
      if (claim.name !== remedy.claim) return claim;
      const names = new Map<string, string[]>();
      const requests = claim.spec.requests.flatMap((request) => {
        if (request.name !== remedy.request) return [request];
        const parts = applied(request, remedy);
        names.set(request.name, parts.map(({ name }) => name));
        return parts;
      });
      const constraints = claim.spec.constraints.map((constraint) => ({
        ...constraint,
        requests: constraint.requests.flatMap((name) => names.get(name) ?? [name]),
      }));
      return { ...claim, spec: { ...claim.spec, requests, constraints } };
    }),
  };
}

function applied(request: ClaimRequest, remedy: Remedy): ClaimRequest[] {
  const each = (change: (ask: DeviceAsk) => Partial<DeviceAsk>): ClaimRequest => ({
    ...request,
    alternatives: request.alternatives.map((ask) => ({ ...ask, ...change(ask) })),
  });
  const several = (count: number, one: ClaimRequest) =>
    Array.from({ length: count }, (_, index) => ({ ...one, name: `${request.name}-${index + 1}` }));
  switch (remedy.kind) {
    case "smaller":
      return [each(() => ({ capacity: { [sizeCapacity]: `${remedy.bytes}` } }))];
    case "split":
      return several(remedy.parts, each(() => ({ capacity: { [sizeCapacity]: `${remedy.bytes}` } })));
    case "separate-requests":
      return several(remedy.count, each(() => ({ count: 1 })));
    case "page-size":
      return [each(() => ({ className: remedy.className }))];
    case "capacity-name":
      return [
        each(({ capacity }) => ({
          capacity: Object.fromEntries(
            Object.entries(capacity).map(([, amount]) => [remedy.name, amount]),
          ),
        })),
      ];
    case "tolerate":
      return [
        each(({ tolerations }) => ({
          tolerations: [...tolerations, { key: "", operator: "Exists", value: "", effect: "" }],
        })),
      ];
    case "release":
      return [request];
  }
}
