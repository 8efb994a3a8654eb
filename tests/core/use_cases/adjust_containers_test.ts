import assert from "node:assert/strict";
import { type PreparedClaim } from "../../../core/claims/claim.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { type ClaimUid } from "../../../core/values/ids.ts";
import { allocationOf, GiB, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";
import {
  containerDriver,
  containerOf,
  memory,
  message,
  morePages,
  page2m,
  pages,
  sandbox,
} from "./container_driver.ts";

Deno.test("a container is adjusted to the nodes of its claims, with a limit for each claimed page size", async () => {
  const { adjusting, podCgroups, events } = containerDriver(memory, pages, morePages);
  const outcome = await adjusting.adjust(sandbox, containerOf("app", memory, pages, morePages));
  assert.deepEqual(outcome, {
    kind: "adjusted",
    adjustment: { mems: "0-1,33", hugetlbBytes: new Map([[page2m, 10n * MiB]]) },
  });
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 10n * MiB);
  assert.deepEqual(events.list, [
    {
      kind: "container-adjusted",
      pod: podOf(1),
      container: "app",
      claims: [uidOf(1), uidOf(2), uidOf(3)],
      mems: "0-1,33",
    },
  ]);
});

Deno.test("memory alone leaves hugetlb limits as they are", async () => {
  const outcome = await containerDriver(memory).adjusting.adjust(sandbox, containerOf("app", memory));
  assert.deepEqual(outcome, { kind: "adjusted", adjustment: { mems: "0-1", hugetlbBytes: new Map() } });
});

Deno.test("a container without claims is answered at once and not even told of", () => {
  const { adjusting, events } = containerDriver(memory);
  assert.deepEqual(adjusting.adjust(sandbox, containerOf("app")), { kind: "unclaimed" });
  // A Service of the namespace is called dramemory.
  const environment = ["DRAMEMORY_SERVICE_HOST=10.96.0.17", "DRAMEMORY_PORT_9177_TCP=tcp://10.96.0.17:9177"];
  const linked = { ...containerOf("app"), environment };
  assert.deepEqual(adjusting.adjust(sandbox, linked), { kind: "unclaimed" });
  assert.deepEqual(events.list, []);
});

Deno.test("a second container with the same claim is refused, the first may be restarted", async () => {
  const { adjusting, events } = containerDriver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  assert.match(
    message(await adjusting.adjust(sandbox, containerOf("sidecar", pages))),
    /^Cannot start container sidecar of pod default\/pod-1: .*owned by container app/,
  );
  assert.equal((await adjusting.adjust(sandbox, containerOf("app", pages))).kind, "adjusted");
  assert.deepEqual(events.kinds(), ["container-adjusted", "container-refused", "container-adjusted"]);
});

Deno.test("variables that are not complete, or name a claim that is not there, keep the container from starting", async () => {
  const { adjusting } = containerDriver(pages);
  const bad = { ...containerOf("app", pages), environment: ["DRAMEMORY_x_NUMANodes=0"] };
  assert.match(
    message(await adjusting.adjust(sandbox, bad)),
    /Cannot read environment variable "DRAMEMORY_x_NUMANodes": it stands without an amount/,
  );
  assert.match(message(await adjusting.adjust(sandbox, containerOf("app", memory))), /not prepared/);
});

Deno.test("an update of a container without a claim is answered at once", () => {
  const { adjusting } = containerDriver(pages);
  assert.deepEqual(adjusting.update(sandbox, containerOf("app")), { kind: "unclaimed" });
});

Deno.test("the checkpoint is looked at again for a claim that is not known, and only for that", async () => {
  const parts = containerDriver(), claims = parts.store;
  let looks = 0;
  const store = {
    get: (uid: ClaimUid) => claims.get(uid),
    holds: () => true,
    sync: () => {
      looks++;
      claims.add(pages);
      return Promise.resolve();
    },
  };
  const adjusting = new AdjustContainers({ ...parts, store });
  assert.equal((await adjusting.adjust(sandbox, containerOf("app", pages))).kind, "adjusted");
  assert.equal(looks, 1);
  await adjusting.update(sandbox, containerOf("app", pages));
  assert.equal(looks, 1);
});

const interleaved: PreparedClaim = {
  ...preparedClaim(4, [allocationOf("memory-numa0", GiB), allocationOf("memory-numa1", GiB)]),
  terms: [{ request: "mem", policy: "interleave" }],
};

Deno.test("a container has the policy that its claim's configuration asks for", async () => {
  const outcome = await containerDriver(interleaved).adjusting.adjust(
    sandbox,
    containerOf("app", interleaved),
  );
  assert.deepEqual(outcome, {
    kind: "adjusted",
    adjustment: { mems: "0-1", policy: { mode: "interleave", nodes: "0-1" }, hugetlbBytes: new Map() },
  });
});

Deno.test("a container is refused a policy that its runtime would leave out, and holds nothing", async () => {
  const { adjusting, events, ownerOf, ...parts } = containerDriver(interleaved);
  const refusing = new AdjustContainers({
    ...parts,
    events,
    policies: { problem: ({ policy }) => `no ${policy} here` },
  });
  assert.match(
    message(await refusing.adjust(sandbox, containerOf("app", interleaved))),
    /: no interleave here$/,
  );
  assert.equal(ownerOf(interleaved), undefined);
  const [refused] = events.list;
  assert.ok(refused?.kind === "container-refused" && refused.reason === "config-unsupported");
  assert.equal((await adjusting.adjust(sandbox, containerOf("app", interleaved))).kind, "adjusted");
});

Deno.test("a container in a virtual machine is refused with its claims, and left alone without", async () => {
  const { adjusting, events, ownerOf } = containerDriver(pages);
  const kata = { ...sandbox, runtimeHandler: "kata-qemu" };
  assert.equal(
    message(await adjusting.adjust(kata, containerOf("app", pages))),
    `Cannot start container app of pod ${podOf(1).namespace}/${
      podOf(1).name
    }: the runtime handler kata-qemu runs it in a ` +
      "virtual machine, where claims of memory and hugepages are not supported: give the pod another RuntimeClass, or no claim",
  );
  assert.equal(ownerOf(pages), undefined);
  const [refused] = events.list;
  assert.ok(refused?.kind === "container-refused" && refused.reason === "virtual-machine");
  assert.deepEqual(await adjusting.adjust(kata, containerOf("app")), { kind: "unclaimed" });
  const gvisor = { ...sandbox, runtimeHandler: "runsc" };
  assert.equal((await adjusting.adjust(gvisor, containerOf("app", pages))).kind, "adjusted");
});

Deno.test("claims that cannot be had under one policy keep their container from starting", async () => {
  const { adjusting, events } = containerDriver(interleaved, memory);
  assert.match(
    message(await adjusting.adjust(sandbox, containerOf("app", interleaved, memory))),
    /policy: a container has one for all of its claims of memory, which say interleave and bind: write the same/,
  );
  const [refused] = events.list;
  assert.ok(refused?.kind === "container-refused" && refused.reason === "policy-conflict");
});
