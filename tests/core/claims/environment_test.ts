import fc from "fast-check";
import assert from "node:assert/strict";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import {
  type ClaimEnvironment,
  decodeEnvironment,
  encodeEnvironment,
  EnvironmentError,
  showsClaims,
} from "../../../core/claims/environment.ts";
import { ClaimOwners } from "../../../core/claims/claim_owners.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { ClaimList } from "../fakes/claim_list.ts";
import { allocationOf, GiB, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";
import { claim, environments } from "./arbitraries.ts";

const uid = uidOf(1);
const container = { pod: podOf(1).uid, name: "app" };

function encodeClaim(prepared: PreparedClaim): string[] {
  return environmentsOf(prepared).flatMap(encodeEnvironment);
}

/** The same for equal sets of environments, in whichever order they are. */
function text(list: readonly ClaimEnvironment[]): string {
  return list.map((environment) => encodeEnvironment(environment).join("\n")).sort().join("\n\n");
}

Deno.test("a claim of one request is told without the request's name", () => {
  const allocations = [allocationOf("memory-numa0", 256n * MiB), allocationOf("memory-numa1", 512n * MiB)];
  assert.deepEqual(encodeClaim(preparedClaim(1, allocations)), [
    `DRAMEMORY_${uid}_NUMANodes=0,1`,
    `DRAMEMORY_${uid}_memory=numanode:0,size:256Mi;numanode:1,size:512Mi`,
  ]);
});

Deno.test("the requests of a claim are told apart, each with its own nodes", () => {
  const allocations = [
    allocationOf("memory-numa10", GiB, "ram"),
    allocationOf("hugepages-2m-numa2", 4n * MiB, "pages"),
    allocationOf("memory-numa9", GiB, "ram"),
  ];
  assert.deepEqual(encodeClaim(preparedClaim(1, allocations)), [
    `DRAMEMORY_${uid}_NUMANodes_ram=9,10`,
    `DRAMEMORY_${uid}_memory_ram=numanode:10,size:1Gi;numanode:9,size:1Gi`,
    `DRAMEMORY_${uid}_NUMANodes_pages=2`,
    `DRAMEMORY_${uid}_hugepages-2m_pages=numanode:2,size:4Mi`,
  ]);
});

Deno.test("what was encoded is decoded as the same, whatever else is in the environment", () => {
  const other = fc.string().filter((entry) => !showsClaims([entry]));
  fc.assert(fc.property(environments, fc.array(other), fc.infiniteStream(fc.nat()), (list, others, order) => {
    const entries = [...list.flatMap(encodeEnvironment), ...others];
    const shuffled = entries.map((entry) => [order.next().value ?? 0, entry] as const).sort(([a], [b]) =>
      a - b
    );
    assert.equal(text(decodeEnvironment(shuffled.map(([, entry]) => entry))), text(list));
  }));
});

Deno.test("decoding keeps the shares of a resource in their order", () => {
  fc.assert(fc.property(environments, (list) => {
    assert.deepEqual(decodeEnvironment(list.flatMap(encodeEnvironment)), list);
  }));
});

Deno.test("a container that was given everything of a claim, or one request, is bound to just that", () => {
  fc.assert(fc.property(claim, fc.nat(2), (prepared, index) => {
    const all = environmentsOf(prepared), one = all.slice(index % all.length).slice(0, 1);
    for (const given of [all, one]) {
      const owners = new ClaimOwners(new ClaimList(prepared));
      const outcome = owners.bind(container, decodeEnvironment(given.flatMap(encodeEnvironment)));
      assert.ok(outcome.kind === "bound");
      assert.deepEqual([...outcome.holdings.values()].flat(), given.flatMap(({ shares }) => shares));
    }
  }));
});

Deno.test("the requests of one claim add up to its allocations", () => {
  fc.assert(fc.property(claim, (prepared) => {
    const sum = (list: readonly { bytes: bigint }[]) => list.reduce((total, { bytes }) => total + bytes, 0n);
    const shares = environmentsOf(prepared).flatMap((environment) => environment.shares);
    assert.equal(shares.length, prepared.allocations.length);
    assert.equal(sum(shares), sum(prepared.allocations));
  }));
});

const nodes = `DRAMEMORY_${uid}_NUMANodes`, memory = `DRAMEMORY_${uid}_memory`;
for (
  const [what, entries] of Object.entries({
    "nodes alone": [`${nodes}=0`],
    "an amount alone": [`${memory}=numanode:0,size:1Mi`],
    "too many nodes": [`${nodes}=0,1`, `${memory}=numanode:0,size:1Mi`],
    "nodes in another order": [`${nodes}=1,0`, `${memory}=numanode:0,size:1;numanode:1,size:1`],
    "nodes of another request": [`${nodes}_a=0`, `${memory}_b=numanode:0,size:1Mi`],
    "nodes twice": [`${nodes}=0`, `${nodes}=0`, `${memory}=numanode:0,size:1Mi`],
    "a resource twice": [`${nodes}=0`, `${memory}=numanode:0,size:1Mi`, `${memory}=numanode:0,size:1Mi`],
    "more variables than a container can have claims": Array.from(
      { length: 5_000 },
      (_, index) => `DRAMEMORY_${uidOf(index)}_NUMANodes=0`,
    ),
  })
) {
  Deno.test(`an environment with ${what} is an error`, () => {
    assert.throws(() => decodeEnvironment(entries), EnvironmentError);
  });
}

/** What Kubernetes puts into every container of a namespace that has Services (the kubelet's envvars package). */
const serviceLinks = ["", "METRICS_", "A1B2C3_MEMORY_"].flatMap((name) => [
  `DRAMEMORY_${name}SERVICE_HOST=10.96.0.17`,
  `DRAMEMORY_${name}SERVICE_PORT=9177`,
  `DRAMEMORY_${name}SERVICE_PORT_METRICS=9177`,
  `DRAMEMORY_${name}PORT=tcp://10.96.0.17:9177`,
  `DRAMEMORY_${name}PORT_9177_TCP=tcp://10.96.0.17:9177`,
  `DRAMEMORY_${name}PORT_9177_TCP_PROTO=tcp`,
  `DRAMEMORY_${name}PORT_9177_TCP_PORT=9177`,
  `DRAMEMORY_${name}PORT_9177_TCP_ADDR=10.96.0.17`,
]);

for (
  const [what, entry] of Object.entries({
    "nothing but the prefix": "DRAMEMORY_",
    "no value": nodes,
    "no uid": "DRAMEMORY__NUMANodes=0",
    "a uid that leaves the directory": "DRAMEMORY_../x_NUMANodes=0",
    "a uid that is too long": `DRAMEMORY_${"a".repeat(64)}_NUMANodes=0`,
    "empty nodes": `${nodes}=`,
    "nodes that are none": `${nodes}=all`,
    "no amount": `${memory}=`,
    "an amount of zero": `${memory}=numanode:0,size:0`,
    "a negative amount": `${memory}=numanode:0,size:-1Mi`,
    "half a byte": `${memory}=numanode:0,size:500m`,
    "more bytes than there can be": `${memory}=numanode:0,size:9999999999999Gi`,
    "a size without a node": `${memory}=size:1Mi`,
    "a node that no kernel has": `${memory}=numanode:1024,size:1Mi`,
    "a share too few": `${memory}=numanode:0,size:1Mi;`,
    "a line break": `${memory}=numanode:0,size:1Mi\n`,
    "an unknown resource": `DRAMEMORY_${uid}_swap=numanode:0,size:1Mi`,
    "an impossible hugepage size": `DRAMEMORY_${uid}_hugepages-3m=numanode:0,size:3Mi`,
    "a member of objects as resource": `DRAMEMORY_${uid}_constructor=numanode:0,size:1Mi`,
    "a request too many": `${memory}_a_b=numanode:0,size:1Mi`,
    "a request in capitals": `${memory}_A=numanode:0,size:1Mi`,
    "a number of a megabyte": `${memory}=numanode:0,size:${"9".repeat(1_000_000)}`,
    "more shares than a claim has results": `${memory}=${Array(1_000).fill("numanode:0,size:1Mi").join(";")}`,
  })
) {
  Deno.test(`a variable with ${what} is none that this driver writes, and none of its business`, () => {
    assert.ok(!showsClaims([entry]));
    assert.deepEqual(decodeEnvironment([entry]), []);
    const own = [`${nodes}=0`, `${memory}=numanode:0,size:1Mi`];
    assert.equal(text(decodeEnvironment([entry, ...own, entry])), text(decodeEnvironment(own)));
  });
}

Deno.test("the variables of Services whose names begin with dramemory are none of the driver's business", () => {
  assert.ok(!showsClaims(serviceLinks));
  assert.deepEqual(decodeEnvironment(serviceLinks), []);
});

Deno.test("any name that Kubernetes makes of a Service's is none of the driver's", () => {
  const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/).map((name) => `dramemory-${name}`);
  const suffix = fc.constantFrom("SERVICE_HOST", "SERVICE_PORT", "PORT", "PORT_1_TCP", "PORT_1_TCP_ADDR");
  fc.assert(fc.property(label, suffix, fc.string(), (name, end, value) => {
    assert.ok(!showsClaims([`${name.toUpperCase().replaceAll("-", "_")}_${end}=${value}`]));
  }));
});

Deno.test("variables of others are left out, those with a similar name included", () => {
  assert.deepEqual(
    decodeEnvironment(["PATH=/bin", "DRAMEMORY=1", "dramemory_a_NUMANodes=0", "XDRAMEMORY_a=0", ""]),
    [],
  );
});

Deno.test("any text is understood, none of the driver's, or an EnvironmentError", () => {
  const parts = fc.constantFrom(
    "DRAMEMORY_",
    uid,
    "_",
    "NUMANodes",
    "memory",
    "hugepages-2m",
    "=",
    "numanode:",
  )
    .map(String);
  const more = fc.constantFrom("0", "1", ",", ";", "size:", "1Mi", "-", "e", "\0", "é");
  const entry = fc.array(fc.oneof(parts, more), { maxLength: 12 }).map((list) => list.join(""));
  fc.assert(
    fc.property(fc.array(fc.oneof(entry, entry.map((tail) => `DRAMEMORY_${uid}_${tail}`))), (entries) => {
      try {
        for (const { shares } of decodeEnvironment(entries)) {
          assert.ok(shares.length > 0 && shares.every(({ bytes }) => bytes > 0n));
        }
      } catch (error) {
        assert.ok(error instanceof EnvironmentError, String(error));
      }
    }),
  );
});

/** Every text that differs from the given one in one character: one left out, put in, or another. */
function mutations(original: string, characters: string): Set<string> {
  const found = new Set<string>();
  for (let at = 0; at <= original.length; at++) {
    for (const character of ["", ...characters]) {
      found.add(original.slice(0, at) + character + original.slice(at + 1));
      found.add(original.slice(0, at) + character + original.slice(at));
    }
  }
  found.delete(original);
  return found;
}

Deno.test("no change of one character gives a container something else than was prepared", () => {
  const prepared = preparedClaim(1, [
    allocationOf("memory-numa0", MiB, "a"),
    allocationOf("memory-numa1", MiB, "a"),
    allocationOf("hugepages-2m-numa1", 2n * MiB, "b"),
  ]);
  const owners = new ClaimOwners(new ClaimList(prepared));
  const entries = encodeClaim(prepared), expected = text(decodeEnvironment(entries));
  let refused = 0, equivalent = 0;
  for (const [index, entry] of entries.entries()) {
    for (const mutation of mutations(entry, "012abgGiKmM_-,;:=.+ ")) {
      try {
        const shown = decodeEnvironment(entries.with(index, mutation));
        const outcome = owners.bind(container, shown);
        if (outcome.kind === "refused") refused++;
        else {
          assert.equal(text(shown), expected, mutation);
          equivalent++;
        }
      } catch (error) {
        assert.ok(error instanceof EnvironmentError, `${JSON.stringify(mutation)}: ${error}`);
      }
    }
  }
  assert.ok(refused > 20 && equivalent > 0, `${refused} ${equivalent}`);
});

Deno.test("an error names the variable and what is wrong, in few words however long the variable is", () => {
  const long = `${memory}=${Array(30).fill("numanode:0,size:1Mi").join(";")}`;
  assert.throws(() => decodeEnvironment([long, long]), (error) => {
    assert.ok(error instanceof EnvironmentError);
    assert.match(error.message, /^Cannot read environment variable "DRAMEMORY_.*set twice$/);
    return error.message.length < 600;
  });
});
