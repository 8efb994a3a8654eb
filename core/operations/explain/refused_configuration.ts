import { termsProblem } from "../../claims/terms_of.ts";
import { driverName } from "../../values/driver.ts";
import type { Finding } from "./finding.ts";
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

/**
 * Claims whose configuration the driver would refuse on every node of these, given what each would be allocated there. What
 * their classes say is not known before they are allocated.
 */
export function termsFindings(
  claims: Wanted["claims"],
  fits: readonly Extract<NodeVerdict, { fits: true }>[],
): Finding[] {
  return claims.flatMap(({ name, spec: { configs } }, index) => {
    const problems = fits.map(({ placements }) => {
      const own = placements.filter(({ claim }) => claim === index).flatMap(
        ({ device, request, subrequest }) => {
          const [known] = driverDevice(device);
          const fullRequest = subrequest === undefined ? request : `${request}/${subrequest}`;
          return known === undefined ? [] : [{ request, fullRequest, resource: known.resource }];
        },
      );
      const results = own.map(({ fullRequest }) => ({ request: fullRequest, driver: driverName }));
      return termsProblem({ results, configs }, own);
    });
    const [problem] = problems;
    return problem === undefined || problems.includes(undefined) ? [] : [configRefused(name, problem)];
  });
}
