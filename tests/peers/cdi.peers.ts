import assert from "node:assert/strict";
import { CdiClaimRecords } from "../../adapters/cdi/cdi_claim_records.ts";
import type { Allocation, PreparedClaim } from "../../core/claims/claim.ts";
import { decodeEnvironment } from "../../core/claims/environment.ts";
import { environmentsOf } from "../../core/claims/shares.ts";
import { claimUid, numaNodeId, podUid } from "../../core/ids.ts";
import { parseQuantity } from "../../core/quantity.ts";
import { parseResourceName } from "../../core/resource_name.ts";
import { requirePeer } from "./_go.ts";
import { inject, InjectionError, injectorProgram } from "./cdi/injector.ts";

const binary = await requirePeer(injectorProgram);

const pod = { namespace: "default", name: "pod", uid: podUid("7d1a4d3e-6a0f-4a3e-9a57-0f0cf1f0c3c1") };

/** A share, in a few words: of which request, how much of what, on which NUMA node. */
function share(request: string, size: string, resource: string, node: number): Allocation {
  return {
    request,
    pool: `node/${resource}`,
    device: `${resource}-numa${node}`,
    resource: parseResourceName(resource),
    numaNode: numaNodeId(node),
    bytes: parseQuantity(size),
  };
}

function claim(uid: string, ...allocations: Allocation[]): PreparedClaim {
  return { reference: { namespace: "default", name: "claim", uid: claimUid(uid) }, pod, allocations };
}

/** Saves claims as the driver does, in a directory of their own. */
async function save(claims: readonly PreparedClaim[]) {
  const directory = await Deno.makeTempDir();
  const records = new CdiClaimRecords(directory);
  for (const claim of claims) await records.save(claim);
  return {
    directory,
    deviceId: (claim: PreparedClaim, request: string) => records.deviceId(claim, request),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

for (
  const [what, saved] of Object.entries<PreparedClaim>({
    "one request": claim("0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd01", share("pages", "256Mi", "hugepages-2m", 0)),
    "a uid that starts with a letter": claim(
      "af36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd01",
      share("ram", "4Ki", "memory", 1023),
    ),
    "one request on several NUMA nodes": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd02",
      share("pages", "64Mi", "hugepages-2m", 1),
      share("pages", "64Mi", "hugepages-2m", 0),
    ),
    "several requests": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd03",
      share("ram", "1Gi", "memory", 1),
      share("pages", "2Gi", "hugepages-1g", 1),
      share("more-pages", "64Ki", "hugepages-64k", 0),
    ),
    "two shares of one device": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd04",
      share("a", "2Mi", "hugepages-2m", 0),
      share("a", "4Mi", "hugepages-2m", 0),
    ),
    "as many results as a claim can have": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd05",
      ...Array.from({ length: 32 }, (_, index) => share(`request-${index}`, "2Mi", "hugepages-2m", index)),
    ),
  })
) {
  Deno.test(`a container gets what the driver recorded of a claim with ${what}`, async () => {
    await using records = await save([saved]);
    const requests = [...new Set(saved.allocations.map(({ request }) => request))];
    const devices = requests.map((request) => records.deviceId(saved, request));
    const environment = await inject(binary, records.directory, devices);
    assert.deepEqual(decodeEnvironment(environment), environmentsOf(saved));
  });
}

const one = claim("0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd06", share("a", "2Mi", "hugepages-2m", 0));
const two = claim(
  "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd07",
  share("a", "4Mi", "hugepages-2m", 0),
  share("b", "1Gi", "memory", 1),
);

Deno.test("a container that names one request of a claim gets the environment of that request alone", async () => {
  await using records = await save([two]);
  const environment = await inject(binary, records.directory, [records.deviceId(two, "b")]);
  assert.deepEqual(
    decodeEnvironment(environment),
    environmentsOf(two).filter(({ request }) => request === "b"),
  );
});

Deno.test("a container gets the environments of two claims side by side", async () => {
  await using records = await save([one, two]);
  const devices = [records.deviceId(one, "a"), records.deviceId(two, "a"), records.deviceId(two, "b")];
  const environment = await inject(binary, records.directory, devices);
  assert.deepEqual(decodeEnvironment(environment), [...environmentsOf(one), ...environmentsOf(two)]);
});

Deno.test("a claim that was removed cannot be injected any more", async () => {
  await using records = await save([one, two]);
  await new CdiClaimRecords(records.directory).remove(one.reference.uid);
  await assert.rejects(() => inject(binary, records.directory, [records.deviceId(one, "a")]), InjectionError);
});

Deno.test("damaged records that were set aside do not disturb the runtime", async () => {
  await using records = await save([one, two]);
  for await (const { name } of Deno.readDir(records.directory)) {
    if (name.includes(one.reference.uid)) await Deno.writeTextFile(`${records.directory}/${name}`, "{");
  }
  await new CdiClaimRecords(records.directory).load();
  const environment = await inject(binary, records.directory, [records.deviceId(two, "a")]);
  assert.equal(decodeEnvironment(environment).length, 1);
});
