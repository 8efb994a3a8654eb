import assert from "node:assert/strict";
import { CdiCheckpoint } from "../../adapters/driver/cdi/cdi_checkpoint.ts";
import { SoleInstance } from "../../adapters/driver/cdi/instances.ts";
import type { PreparedClaim } from "../../core/claims/claim.ts";
import { decodeEnvironment } from "../../core/claims/environment.ts";
import { environmentsOf } from "../../core/claims/shares.ts";
import { containerPath } from "../../core/values/container_path.ts";
import { pageSize } from "../../core/values/page_size.ts";
import { allocation, preparedClaim as claim } from "../adapters/claims.ts";
import { requirePeer } from "./go.ts";
import { inject, injectAll, InjectionError, injectorProgram } from "./cdi/injector.ts";

const binary = await requirePeer(injectorProgram);

function checkpointIn(directory: string): CdiCheckpoint {
  return new CdiCheckpoint({ directory, bootId: "boot", instances: new SoleInstance() });
}

/** Saves claims as the driver does, in a directory of their own. */
async function save(claims: readonly PreparedClaim[]) {
  const directory = await Deno.makeTempDir();
  const records = checkpointIn(directory);
  for (const claim of claims) await records.save(claim);
  return {
    directory,
    deviceId: (claim: PreparedClaim, request: string) => records.deviceId(claim, request),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

for (
  const [what, saved] of Object.entries<PreparedClaim>({
    "one request": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd01",
      allocation("pages", "hugepages-2m", 0, "256Mi"),
    ),
    "a uid that starts with a letter": claim(
      "af36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd01",
      allocation("ram", "memory", 1023, "4Ki"),
    ),
    "one request on several NUMA nodes": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd02",
      allocation("pages", "hugepages-2m", 1, "64Mi"),
      allocation("pages", "hugepages-2m", 0, "64Mi"),
    ),
    "several requests": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd03",
      allocation("ram", "memory", 1, "1Gi"),
      allocation("pages", "hugepages-1g", 1, "2Gi"),
      allocation("more-pages", "hugepages-64k", 0, "64Ki"),
    ),
    "two shares of one device": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd04",
      allocation("a", "hugepages-2m", 0, "2Mi"),
      allocation("a", "hugepages-2m", 0, "4Mi"),
    ),
    "as many results as a claim can have": claim(
      "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd05",
      ...Array.from(
        { length: 32 },
        (_, index) => allocation(`request-${index}`, "hugepages-2m", index, "2Mi"),
      ),
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

const one = claim("0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd06", allocation("a", "hugepages-2m", 0, "2Mi"));
const two = claim(
  "0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd07",
  allocation("a", "hugepages-2m", 0, "4Mi"),
  allocation("b", "memory", 1, "1Gi"),
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

/** A claim whose container finds these bytes of 2 MiB pages mounted, and metadata. */
function mounting(claim: PreparedClaim, bytes: bigint): PreparedClaim {
  const path = containerPath("/dev/hugepages-2Mi");
  const metadata = { containerPath: `/var/run/kubernetes.io/${claim.reference.uid}`, text: "{}\n" };
  const mounts = [{ pageSize: pageSize(2n << 20n), path, bytes }];
  return {
    ...claim,
    injections: [{ request: "a", mounts, environment: [`HUGETLBFS_PATH_2MI=${path}`], metadata }],
  };
}

Deno.test("two claims that name one mount make one, and each brings its metadata", async () => {
  const three = claim("0f36bd5e-59ce-4c5e-8ea5-6f3c1a1fbd08", allocation("a", "hugepages-2m", 0, "4Mi"));
  const claims = [mounting(one, 6n << 20n), mounting(three, 6n << 20n)];
  await using records = await save(claims);
  const devices = claims.map((each) => records.deviceId(each, "a"));
  const { env, mounts } = await injectAll(binary, records.directory, devices);
  assert.ok(env.includes("HUGETLBFS_PATH_2MI=/dev/hugepages-2Mi"));
  assert.deepEqual(mounts.filter(({ type }) => type === "hugetlbfs"), [{
    destination: "/dev/hugepages-2Mi",
    type: "hugetlbfs",
    source: "hugetlbfs",
    options: ["nosuid", "nodev", "pagesize=2M", "size=6291456", "mode=1777"],
  }]);
  const metadata = mounts.filter(({ type }) => type !== "hugetlbfs");
  for (
    const [index, { source, type, options, destination }] of metadata.toSorted((a, b) =>
      a.source < b.source ? -1 : 1
    ).entries()
  ) {
    assert.equal(await Deno.readTextFile(source), "{}\n");
    assert.deepEqual([type, options], ["bind", ["ro", "bind"]]);
    assert.equal(destination, claims[index]?.injections?.[0]?.metadata.containerPath);
  }
  assert.equal(metadata.length, 2);
});

Deno.test("a claim that was removed cannot be injected any more", async () => {
  await using records = await save([one, two]);
  await checkpointIn(records.directory).remove(one.reference.uid, one);
  await assert.rejects(() => inject(binary, records.directory, [records.deviceId(one, "a")]), InjectionError);
});

Deno.test("damaged checkpoints that were set aside do not disturb the runtime", async () => {
  await using records = await save([one, two]);
  for await (const { name } of Deno.readDir(records.directory)) {
    if (name.includes(one.reference.uid)) await Deno.writeTextFile(`${records.directory}/${name}`, "{");
  }
  await checkpointIn(records.directory).look({ versionOf: () => undefined, mend: true });
  const environment = await inject(binary, records.directory, [records.deviceId(two, "a")]);
  assert.equal(decodeEnvironment(environment).length, 1);
});
