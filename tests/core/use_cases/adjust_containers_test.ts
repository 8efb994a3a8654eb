import assert from "node:assert/strict";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { encodeEnvironment } from "../../../core/claims/environment.ts";
import { ClaimOwners } from "../../../core/claims/claim_owners.ts";
import { Containers } from "../../../core/claims/containers.ts";
import { environmentsOf } from "../../../core/claims/shares.ts";
import { type ClaimUid, containerId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import type {
  AdjustmentOutcome,
  Container,
  ExistingContainer,
} from "../../../core/ports/container_service.ts";
import { PodCgroupError } from "../../../core/ports/pod_cgroup.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { ClaimList, EventList, MemoryBases, MemoryCgroups } from "../fakes.ts";
import { MemoryNode } from "../memory_node.ts";
import { allocationOf, GiB, MiB, podOf, preparedClaim, uidOf } from "../samples.ts";

const page2m = parsePageSize("2m");
const sandbox = { reference: podOf(1), cgroupParent: "/kubepods/pod1" };
const memory = preparedClaim(1, [allocationOf("memory-numa1", GiB), allocationOf("memory-numa0", GiB)]);
const pages = preparedClaim(2, [allocationOf("hugepages-2m-numa0", 4n * MiB)]);
const morePages = preparedClaim(3, [allocationOf("hugepages-2m-numa33", 6n * MiB)]);
const cgroupGone = new PodCgroupError("Cannot raise the limit of /kubepods/pod1: it is gone");

function driver(...claims: PreparedClaim[]) {
  const store = new ClaimList(...claims);
  const owners = new ClaimOwners(store);
  const parts = {
    store,
    owners,
    containers: new Containers(store),
    podCgroups: new MemoryCgroups(),
    podBases: new MemoryBases(),
    events: new EventList(),
    ownerOf: ({ reference: { uid } }: PreparedClaim) => {
      const claim = store.get(uid);
      return claim && owners.owner(claim);
    },
  };
  return { ...parts, adjusting: new AdjustContainers(parts) };
}

function containerOf(name: string, ...claims: PreparedClaim[]): Container {
  const environment = ["PATH=/bin", ...claims.flatMap(environmentsOf).flatMap(encodeEnvironment)];
  return { id: containerId(`id-${name}`), name, environment, applied: { mems: "", hugetlbBytes: new Map() } };
}

function existing(container: Container, mems: string, bytes2m?: bigint): ExistingContainer {
  const hugetlbBytes = new Map(bytes2m === undefined ? [] : [[page2m, bytes2m]]);
  return { ...container, sandbox, applied: { mems, hugetlbBytes } };
}

function message(outcome: AdjustmentOutcome): string {
  return outcome.kind === "refused" ? outcome.message : assert.fail(`not refused: ${Deno.inspect(outcome)}`);
}

Deno.test("a container is adjusted to the nodes of its claims, with a limit for each claimed page size", async () => {
  const { adjusting, podCgroups, events } = driver(memory, pages, morePages);
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
  const outcome = await driver(memory).adjusting.adjust(sandbox, containerOf("app", memory));
  assert.deepEqual(outcome, { kind: "adjusted", adjustment: { mems: "0-1", hugetlbBytes: new Map() } });
});

Deno.test("a pod's cgroup is raised to what all its containers hold", async () => {
  const { adjusting, podCgroups } = driver(pages, morePages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, containerOf("sidecar", morePages));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 10n * MiB);
});

Deno.test("a container without claims is answered at once and not even told of", () => {
  const { adjusting, events } = driver(memory);
  assert.deepEqual(adjusting.adjust(sandbox, containerOf("app")), { kind: "unclaimed" });
  // A Service of the namespace is called dramemory.
  const environment = ["DRAMEMORY_SERVICE_HOST=10.96.0.17", "DRAMEMORY_PORT_9177_TCP=tcp://10.96.0.17:9177"];
  const linked = { ...containerOf("app"), environment };
  assert.deepEqual(adjusting.adjust(sandbox, linked), { kind: "unclaimed" });
  assert.deepEqual(events.list, []);
});

Deno.test("a second container with the same claim is refused, the first may be restarted", async () => {
  const { adjusting, events } = driver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  assert.match(
    message(await adjusting.adjust(sandbox, containerOf("sidecar", pages))),
    /^Cannot start container sidecar of pod default\/pod-1: .*owned by container app/,
  );
  assert.equal((await adjusting.adjust(sandbox, containerOf("app", pages))).kind, "adjusted");
  assert.deepEqual(events.kinds(), ["container-adjusted", "container-refused", "container-adjusted"]);
});

Deno.test("variables that are not complete, or name a claim that is not there, keep the container from starting", async () => {
  const { adjusting } = driver(pages);
  const bad = { ...containerOf("app", pages), environment: ["DRAMEMORY_x_NUMANodes=0"] };
  assert.match(
    message(await adjusting.adjust(sandbox, bad)),
    /Cannot read environment variable "DRAMEMORY_x_NUMANodes": it stands without an amount/,
  );
  assert.match(message(await adjusting.adjust(sandbox, containerOf("app", memory))), /not prepared/);
});

Deno.test("a pod's cgroup that cannot be raised keeps a new container from starting, and it holds nothing", async () => {
  const { adjusting, podCgroups, ownerOf } = driver(pages);
  podCgroups.failure = cgroupGone;
  assert.match(message(await adjusting.adjust(sandbox, containerOf("app", pages))), /it is gone$/);
  assert.equal(ownerOf(pages), undefined);
  podCgroups.failure = undefined;
  assert.equal((await adjusting.adjust(sandbox, containerOf("sidecar", pages))).kind, "adjusted");
});

Deno.test("a container that held its claims before keeps them when the cgroup cannot be raised", async () => {
  const { adjusting, podCgroups, ownerOf } = driver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  podCgroups.failure = cgroupGone;
  message(await adjusting.adjust(sandbox, containerOf("app", pages)));
  assert.equal(ownerOf(pages), "app");
});

Deno.test("an error that nobody foresaw is passed on, and the container holds nothing", async () => {
  const { adjusting, podCgroups, ownerOf } = driver(pages);
  podCgroups.failure = new TypeError("a mistake in the program");
  await assert.rejects(async () => await adjusting.adjust(sandbox, containerOf("app", pages)), TypeError);
  assert.equal(ownerOf(pages), undefined);
});

Deno.test("without pod cgroups containers are adjusted all the same", async () => {
  const parts = driver(pages);
  const adjusting = new AdjustContainers({ ...parts, podCgroups: undefined });
  assert.equal((await adjusting.adjust(sandbox, containerOf("app", pages))).kind, "adjusted");
});

Deno.test("of the containers that exist only those change that are not as they should be", async () => {
  const { adjusting, events, ownerOf } = driver(memory, pages, morePages);
  const updates = await adjusting.synchronize([
    existing(containerOf("plain"), ""),
    existing(containerOf("right", pages), "0", 4n * MiB),
    existing(containerOf("no-limit", morePages), "33"),
    existing(containerOf("elsewhere", memory), "2"),
  ]);
  assert.deepEqual([...updates], [
    [containerId("id-no-limit"), { mems: "33", hugetlbBytes: new Map([[page2m, 6n * MiB]]) }],
    [containerId("id-elsewhere"), { mems: "0-1", hugetlbBytes: new Map() }],
  ]);
  assert.equal(ownerOf(pages), "right");
  assert.deepEqual(events.list.at(-1), { kind: "containers-synchronized", seen: 4, updated: 2 });
});

Deno.test("a claim of a container that has stopped stays that container's, whatever another one shows", async () => {
  const { adjusting, ownerOf, containers, events } = driver(pages);
  const sidecar = existing(containerOf("sidecar", pages), "0", 4n * MiB);
  const updates = await adjusting.synchronize([
    sidecar,
    { ...existing(containerOf("app", pages), "0"), isStopped: true },
  ]);
  assert.deepEqual([updates.size, [...containers.all()]], [0, []]);
  assert.equal(ownerOf(pages), "app");
  assert.deepEqual(events.list.at(-1), { kind: "containers-synchronized", seen: 1, updated: 0 });
});

Deno.test("a container is as it should be when its nodes and all its limits are", async () => {
  const large = preparedClaim(4, [allocationOf("hugepages-1g-numa0", GiB)]);
  const { adjusting } = driver(memory, pages, large);
  const updates = await adjusting.synchronize([
    existing(containerOf("memory", memory), "0-1"),
    existing(containerOf("half", pages, large), "0", 4n * MiB),
  ]);
  assert.deepEqual([...updates.keys()], [containerId("id-half")]);
});

Deno.test("a container that cannot be understood is told of and left as it is, and the others are adopted", async () => {
  const { adjusting, events } = driver(pages);
  const updates = await adjusting.synchronize([
    existing({ ...containerOf("odd"), environment: ["DRAMEMORY_x_NUMANodes=0"] }, ""),
    existing(containerOf("app", pages), ""),
  ]);
  assert.deepEqual([...updates.keys()], [containerId("id-app")]);
  assert.deepEqual(events.kinds(), ["container-refused", "containers-synchronized"]);
});

Deno.test("what the kubelet set for a pod is kept as the base, and a container's end gives back what it held", async () => {
  const { adjusting, podCgroups } = driver(pages, morePages);
  podCgroups.initial = { usage: 2n * MiB, reservation: "max" };
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, containerOf("sidecar", morePages));
  assert.deepEqual(podCgroups.limits.get("/kubepods/pod1 2m"), { usage: 12n * MiB, reservation: "max" });

  await adjusting.removed(sandbox, containerOf("app"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 8n * MiB);
  await adjusting.removed(sandbox, containerOf("sidecar"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 2n * MiB);
});

Deno.test("a neighbor without hugepages, and an event that comes again, change nothing of a pod's limits", async () => {
  const { adjusting, podCgroups } = driver(pages, memory);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, containerOf("sidecar", memory));
  await adjusting.adjust(sandbox, containerOf("plain"));
  assert.deepEqual([podCgroups.usage2m("/kubepods/pod1"), podCgroups.writes], [4n * MiB, 1]);
});

Deno.test("a restarted container holds its limits although its former self is removed afterwards", async () => {
  const { adjusting, podCgroups } = driver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, { ...containerOf("app", pages), id: containerId("second") });
  await adjusting.removed(sandbox, containerOf("app"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 4n * MiB);
});

Deno.test("a new driver finds the base below what its predecessor added", async () => {
  const { adjusting, podCgroups } = driver(pages, morePages);
  podCgroups.initial = { usage: 12n * MiB, reservation: 12n * MiB };
  await adjusting.synchronize([
    existing(containerOf("app", pages), "0", 4n * MiB),
    existing(containerOf("sidecar", morePages), "33", 6n * MiB),
  ]);
  assert.equal(podCgroups.writes, 0);
  await adjusting.removed(sandbox, containerOf("sidecar"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 6n * MiB);
});

Deno.test("a container that started while the driver was away is added to its pod's limits", async () => {
  const { adjusting, podCgroups } = driver(pages, morePages);
  podCgroups.initial = { usage: 4n * MiB, reservation: 4n * MiB };
  await adjusting.synchronize([
    existing(containerOf("app", pages), "0", 4n * MiB),
    existing(containerOf("sidecar", morePages), ""),
  ]);
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 10n * MiB);
});

Deno.test("a running container keeps its claims although its pod's cgroup cannot be raised", async () => {
  const { adjusting, podCgroups, events } = driver(pages);
  podCgroups.failure = cgroupGone;
  await adjusting.synchronize([existing(containerOf("app", pages), "", 0n)]);
  podCgroups.failure = undefined;
  assert.deepEqual(events.kinds(), ["pod-limits-left", "containers-synchronized"]);
  assert.match(
    message(await adjusting.adjust(sandbox, containerOf("sidecar", pages))),
    /owned by container app/,
  );
});

Deno.test("a container's own limit of hugepages and its claims add up, whether or not the kubelet did that", async () => {
  const claim = { ...pages, ordinaryHugepages: [{ pageSize: page2m, bytes: 64n * MiB }] };
  for (const present of [64n * MiB, 68n * MiB]) {
    const container = {
      ...containerOf("app", claim),
      applied: { mems: "", hugetlbBytes: new Map([[page2m, present]]) },
    };
    const outcome = await driver(claim).adjusting.adjust(sandbox, container);
    assert.deepEqual(
      outcome.kind === "adjusted" && outcome.adjustment.hugetlbBytes,
      new Map([[page2m, 68n * MiB]]),
    );
  }
});

Deno.test("a pod's limits are left to a kubelet that counts claims itself, also over a restart and a container's end", async () => {
  const counted = { ...pages, countedByKubelet: true } as const;
  const { adjusting, podCgroups } = driver(counted, morePages);
  podCgroups.initial = { usage: 4n * MiB, reservation: 4n * MiB };
  await adjusting.adjust(sandbox, containerOf("app", counted));
  assert.equal(podCgroups.writes, 0);
  await adjusting.synchronize([existing(containerOf("app", counted), "0", 4n * MiB)]);
  await adjusting.removed(sandbox, containerOf("app"));
  assert.equal(podCgroups.writes, 0);
  await adjusting.adjust(sandbox, containerOf("sidecar", morePages));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 10n * MiB);
});

Deno.test("limits that a kubelet which counts claims itself takes away at a resize are put right as it had set them", async () => {
  const counted = { ...pages, countedByKubelet: true } as const;
  const { adjusting, podCgroups } = driver(counted);
  podCgroups.initial = { usage: 6n * MiB, reservation: 6n * MiB };
  await adjusting.adjust(sandbox, containerOf("app", counted));
  podCgroups.limits.clear();
  podCgroups.initial = { usage: 0n, reservation: 0n };
  await adjusting.tendLimits();
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 6n * MiB);
  assert.equal(adjusting.limitsRestored(sandbox.reference.uid), 1);
});

Deno.test("a pod's own limit of a page size is the driver's to raise although the kubelet counts claims", async () => {
  const claim = {
    ...pages,
    countedByKubelet: true,
    limitedByPod: [parseResourceName("hugepages-1g"), parseResourceName("hugepages-2m")],
  } as const;
  const { adjusting, podCgroups } = driver(claim);
  podCgroups.initial = { usage: 4n * MiB, reservation: 4n * MiB };
  await adjusting.adjust(sandbox, containerOf("app", claim));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 8n * MiB);
  await adjusting.removed(sandbox, containerOf("app"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 4n * MiB);
});

Deno.test("what the kubelet set for a container itself is never lowered", async () => {
  const { adjusting } = driver(pages);
  const container = {
    ...containerOf("app", pages),
    applied: { mems: "", hugetlbBytes: new Map([[page2m, 6n * MiB]]) },
  };
  const outcome = await adjusting.adjust(sandbox, container);
  assert.deepEqual(
    outcome.kind === "adjusted" && outcome.adjustment.hugetlbBytes,
    new Map([[page2m, 6n * MiB]]),
  );
});

Deno.test("the limits of a container that started without the driver are the driver's to write, as long as it exists", async () => {
  const { adjusting, podCgroups } = driver(pages, morePages);
  const late = existing(containerOf("late", pages), "");
  await adjusting.synchronize([late, existing(containerOf("app", morePages), "33", 6n * MiB)]);
  await adjusting.tendLimits();
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-late"), 4n * MiB);
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-app"), undefined);

  podCgroups.limits.clear(); // As an update of somebody else does it.
  await adjusting.tendLimits();
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-late"), 4n * MiB);

  podCgroups.limits.clear();
  await adjusting.removed(sandbox, late);
  await adjusting.tendLimits();
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-late"), undefined);
});

Deno.test("a container that was updated may have started without the driver: its limits are written as well", async () => {
  const { adjusting, podCgroups } = driver(pages);
  const container = existing(containerOf("app", pages), "0", 4n * MiB);
  await adjusting.synchronize([container]); // The runtime says that all is well, as it does after a restart.
  const outcome = await adjusting.update(sandbox, container);
  assert.deepEqual(outcome, {
    kind: "adjusted",
    adjustment: { mems: "0", hugetlbBytes: new Map([[page2m, 4n * MiB]]) },
  });
  await adjusting.tendLimits();
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-app"), 4n * MiB);
});

Deno.test("an update of a container without a claim is answered at once", () => {
  const { adjusting } = driver(pages);
  assert.deepEqual(adjusting.update(sandbox, containerOf("app")), { kind: "unclaimed" });
});

Deno.test("a container whose limits cannot be written does not keep the others from theirs", async () => {
  const { adjusting, podCgroups } = driver(pages, morePages);
  podCgroups.gone = "/kubepods/pod1/id-late";
  await adjusting.synchronize([
    existing(containerOf("late", pages), ""),
    existing(containerOf("later", morePages), ""),
  ]);
  await assert.rejects(adjusting.tendLimits(), PodCgroupError);
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-later"), 6n * MiB);
});

Deno.test("limits of a pod that somebody took away are put right, counted and told", async () => {
  const { adjusting, podCgroups, events } = driver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.tendLimits();
  const { uid } = sandbox.reference;
  assert.equal(adjusting.limitsRestored(uid), 0);
  podCgroups.limits.clear();
  await adjusting.tendLimits();
  await adjusting.tendLimits();
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 4n * MiB);
  assert.equal(adjusting.limitsRestored(uid), 1);
  assert.deepEqual(events.kinds().filter((kind) => kind.startsWith("pod-")), ["pod-limits-restored"]);
});

Deno.test("limits that are put right because the resized container is updated are counted and told as well", async () => {
  const { adjusting, podCgroups, events } = driver(pages);
  const container = containerOf("app", pages);
  await adjusting.adjust(sandbox, container);
  await adjusting.update(sandbox, container);
  assert.equal(adjusting.limitsRestored(sandbox.reference.uid), 0);
  podCgroups.limits.clear();
  await adjusting.update(sandbox, container);
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 4n * MiB);
  assert.equal(adjusting.limitsRestored(sandbox.reference.uid), 1);
  assert.deepEqual(events.kinds().filter((kind) => kind.startsWith("pod-")), ["pod-limits-restored"]);
});

Deno.test("a pod whose claims were given back while it ends has its limits lowered, which nobody else did", async () => {
  const { adjusting, podCgroups, events, store } = driver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  store.remove(pages.reference.uid);
  await adjusting.tendLimits();
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 0n);
  assert.deepEqual(events.kinds().filter((kind) => kind.startsWith("pod-")), []);
});

Deno.test("limits that cannot be put right are told of once until they can; a pod that is over is left alone", async () => {
  const { adjusting, podCgroups, events } = driver(pages);
  const told = () => events.kinds().filter((kind) => kind === "pod-limits-left").length;
  await adjusting.adjust(sandbox, containerOf("app", pages));
  podCgroups.failure = new PodCgroupError("Cannot read", { isMissing: true });
  await adjusting.tendLimits();
  assert.equal(told(), 0);
  for (let fault = 1; fault <= 2; fault++) {
    podCgroups.failure = new PodCgroupError("Cannot write");
    for (let time = 0; time < 3; time++) await adjusting.tendLimits();
    assert.equal(told(), fault);
    podCgroups.failure = undefined;
    await adjusting.tendLimits();
  }
});

Deno.test("a container that started without the driver raises its pod's limits once, however often that is restarted", async () => {
  const parts = driver(pages);
  const podLimits: unknown[] = [];
  for (let restart = 0; restart < 4; restart++) {
    const adjusting = new AdjustContainers(parts);
    await adjusting.synchronize([existing(containerOf("app", pages), "1")]);
    podLimits.push(parts.podCgroups.usage2m("/kubepods/pod1"));
  }
  assert.deepEqual(podLimits, Array.from({ length: 4 }, () => 4n * MiB));
});

Deno.test("the checkpoint is looked at again for a claim that is not known, and only for that", async () => {
  const parts = driver(), claims = parts.store;
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
  const outcome = await driver(interleaved).adjusting.adjust(sandbox, containerOf("app", interleaved));
  assert.deepEqual(outcome, {
    kind: "adjusted",
    adjustment: { mems: "0-1", policy: { mode: "interleave", nodes: "0-1" }, hugetlbBytes: new Map() },
  });
});

Deno.test("a container is refused a policy that its runtime would leave out, and holds nothing", async () => {
  const { adjusting, events, ownerOf, ...parts } = driver(interleaved);
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
  const { adjusting, events, ownerOf } = driver(pages);
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
  const { adjusting, events } = driver(interleaved, memory);
  assert.match(
    message(await adjusting.adjust(sandbox, containerOf("app", interleaved, memory))),
    /policy: a container has one for all of its claims of memory, which say interleave and bind: write the same/,
  );
  const [refused] = events.list;
  assert.ok(refused?.kind === "container-refused" && refused.reason === "policy-conflict");
});

const limited: PreparedClaim = {
  ...preparedClaim(5, [allocationOf("memory-numa0", GiB)]),
  terms: [{ request: "mem", limits: { max: "claim", minPercent: 100, swap: "forbidden" } }],
};

/** A driver that limits memory, on a node that outlives it. */
function limiting(node = new MemoryNode()) {
  const parts = driver(limited);
  return { ...parts, node, adjusting: new AdjustContainers({ ...parts, memory: node }) };
}

function withMax(container: Container, max: bigint | "max", asked?: bigint): Container {
  const memory = max === "max" ? {} : { memory: { max } };
  return {
    ...container,
    applied: { ...container.applied, ...memory },
    ...(asked === undefined ? {} : { askedMemoryMax: asked }),
  };
}

async function memoryOf(outcome: AdjustmentOutcome | Promise<AdjustmentOutcome>) {
  const decided = await outcome;
  return decided.kind === "adjusted" ? decided.adjustment.memory : assert.fail(message(decided));
}

const kept = { min: GiB, swapMax: 0n };

Deno.test("a container may use its claim on top of its own limit, at creation and through every update", async () => {
  const { adjusting, node } = limiting(), app = containerOf("app", limited);
  node.files.set("/kubepods/pod1/memory.max", 128n * MiB);
  assert.deepEqual(await memoryOf(adjusting.adjust(sandbox, withMax(app, 128n * MiB))), {
    max: GiB + 128n * MiB,
    ...kept,
  });
  assert.equal(node.files.get("/kubepods/pod1/memory.max"), GiB + 128n * MiB);
  assert.equal(node.files.get("/kubepods/memory.min"), GiB);
  // The CPU manager says nothing of memory, and the runtime then says what the container has.
  const running = withMax(app, GiB + 128n * MiB);
  assert.deepEqual((await memoryOf(adjusting.update(sandbox, running)))?.max, GiB + 128n * MiB);
  // A resize says what the pod's spec says now.
  assert.deepEqual(
    (await memoryOf(adjusting.update(sandbox, withMax(app, GiB, 64n * MiB))))?.max,
    GiB + 64n * MiB,
  );
  assert.deepEqual(
    (await memoryOf(adjusting.update(sandbox, withMax(app, GiB + 64n * MiB))))?.max,
    GiB + 64n * MiB,
  );
});

Deno.test("a container without a limit of its own has its claim, and keeps the swap that it had unless that is forbidden", async () => {
  const { adjusting } = limiting();
  assert.deepEqual(await memoryOf(adjusting.adjust(sandbox, containerOf("app", limited))), {
    max: GiB,
    ...kept,
  });
  const swapping = { ...limited, terms: [{ request: "mem", limits: { max: "claim" } }] } as const;
  const other = driver(swapping).adjusting, app = containerOf("app", swapping);
  assert.deepEqual(await memoryOf(other.adjust(sandbox, app)), { max: GiB, swapMax: "max" });
  const some = { ...app, applied: { ...app.applied, memory: { max: MiB, swapMax: 5n * MiB } } };
  assert.deepEqual(await memoryOf(other.adjust(sandbox, some)), { max: GiB + MiB, swapMax: 5n * MiB });
});

Deno.test("the next instance adds a claim to a container's own limit once, and changes nothing of what is as it should be", async () => {
  const { adjusting, node } = limiting(), app = containerOf("app", limited);
  await adjusting.adjust(sandbox, withMax(app, 128n * MiB));
  const next = limiting(node), memory = { max: GiB + 128n * MiB, ...kept };
  const running = { ...existing(app, "0"), applied: { mems: "0", memory, hugetlbBytes: new Map() } };
  assert.deepEqual(await next.adjusting.synchronize([running]), new Map());
  const [container] = next.containers.all();
  assert.deepEqual(container?.adjustment.memory, memory);
  assert.deepEqual((await memoryOf(next.adjusting.update(sandbox, running)))?.max, GiB + 128n * MiB);
});

Deno.test("a container that started without the driver is limited when the runtime lists it", async () => {
  const { adjusting } = limiting(), app = containerOf("app", limited);
  const updates = await adjusting.synchronize([{ ...withMax(app, 128n * MiB), sandbox }]);
  assert.deepEqual(updates.get(app.id)?.memory, { max: GiB + 128n * MiB, ...kept });
});

Deno.test("a pod's memory follows its containers up and down, and what somebody changes is put right", async () => {
  const { adjusting, node, events } = limiting(), file = "/kubepods/pod1/memory.max";
  const app = containerOf("app", limited);
  node.files.set(file, 128n * MiB);
  await adjusting.adjust(sandbox, app);
  node.files.set(file, 256n * MiB);
  await adjusting.tendLimits();
  assert.equal(node.files.get(file), GiB + 256n * MiB);
  assert.ok(events.kinds().includes("pod-limits-restored"));
  await adjusting.removed(sandbox, app);
  assert.deepEqual([node.files.get(file), node.files.get("/kubepods/memory.min"), node.kept.size], [
    256n * MiB,
    0n,
    0,
  ]);
});

Deno.test("a pod whose memory cannot be raised keeps the container from starting", async () => {
  const { adjusting, node, ownerOf } = limiting();
  node.failure = cgroupGone;
  assert.match(message(await adjusting.adjust(sandbox, containerOf("app", limited))), /it is gone$/);
  assert.equal(ownerOf(limited), undefined);
});
