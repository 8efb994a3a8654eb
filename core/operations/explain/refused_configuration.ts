import { termsProblem } from "../../claims/terms_of.ts";
import { driverName } from "../../values/driver.ts";
import type { ClaimSpec } from "../cluster/claims.ts";
import type { DeviceClasses } from "./ask.ts";
import type { Finding } from "./finding.ts";
import type { Placement } from "./judgement.ts";
import type { NodeVerdict, Wanted } from "./placement.ts";
import { driverDevice } from "./preparation.ts";

/** A claim that is not prepared for what its configuration says. */
export function configRefused(claim: string, problem: string): Finding {
  return {
    code: "config-refused",
    blocks: true,
    text: `The driver refuses to prepare claim ${claim}: ${problem}.`,
    remedy: "Mend the opaque configuration in the claim, its template or its class.",
  };
}

/** Claims whose configuration the driver would refuse on every node of these, given what each would be allocated there. */
export function termsFindings(
  claims: Wanted["claims"],
  fits: readonly Extract<NodeVerdict, { fits: true }>[],
  classes: DeviceClasses,
): Finding[] {
  return claims.flatMap(({ name, spec }, index) => {
    const problems = fits.map(({ placements }) =>
      problemOf(spec, placements.filter(({ claim }) => claim === index), classes)
    );
    const [problem] = problems;
    return problem === undefined || problems.includes(undefined) ? [] : [configRefused(name, problem)];
  });
}

function problemOf(
  { requests, configs }: ClaimSpec,
  placements: readonly Placement[],
  classes: DeviceClasses,
): string | undefined {
  const given = placements.flatMap(({ device, request, subrequest }) => {
    const [known] = driverDevice(device);
    if (known === undefined) return [];
    const fullRequest = subrequest === undefined ? request : `${request}/${subrequest}`;
    const ask = requests.find(({ name }) => name === request)?.alternatives.find(({ name }) =>
      name === subrequest
    );
    return [{
      request,
      fullRequest,
      resource: known.resource,
      ofClass: classes.get(ask?.className ?? "")?.configs ?? [],
    }];
  });
  // As the scheduler writes it into the allocation: what a class says is for the request that names it.
  const ofClasses = given.flatMap(({ fullRequest, ofClass }) =>
    ofClass.map((config) => ({ ...config, source: "class" as const, requests: [fullRequest] }))
  );
  const results = given.map(({ fullRequest }) => ({ request: fullRequest, driver: driverName }));
  return termsProblem({ results, configs: [...ofClasses, ...configs] }, given);
}
