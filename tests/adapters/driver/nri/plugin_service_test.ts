import fc from "fast-check";
import assert from "node:assert/strict";
import { maxContainers } from "../../../../adapters/driver/nri/container_listing.ts";
import * as nri from "../../../../adapters/protocols/nri/generated/nri.ts";
import { PluginService } from "../../../../adapters/driver/nri/plugin_service.ts";
import { statusCode, TtrpcError } from "../../../../adapters/protocols/nri/ttrpc/status.ts";
import type { ContainerId } from "../../../../core/values/ids.ts";
import { containerId } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import type {
  Adjustment,
  AdjustmentOutcome,
  ContainerService,
  ExistingContainer,
} from "../../../../core/ports/container_service.ts";

const pod = nri.PodSandbox.fromPartial({
  id: "s1",
  name: "p",
  namespace: "n",
  uid: "u1",
  linux: { cgroupParent: "/kp" },
});
const env = ["DRAMEMORY_1de0c0de-0000-4000-8000-000000000001_NUMANodes=0"];
const container = nri.Container.fromPartial({ id: "c1", podSandboxId: "s1", name: "app", env });
const adjustment: Adjustment = { mems: "0-1", hugetlbBytes: new Map([[parsePageSize("2m"), 64n << 20n]]) };
const resources = {
  memory: undefined,
  cpu: { cpus: "", mems: "0-1" },
  hugepageLimits: [{ pageSize: "2MB", limit: 64n << 20n }],
  unified: {},
};

/** Decides as it is told and remembers what it was told. */
class Containers implements ContainerService {
  outcome: AdjustmentOutcome | Promise<AdjustmentOutcome> = { kind: "unclaimed" };
  updates = new Map<ContainerId, Adjustment>();
  readonly told: string[] = [];
  existing: readonly ExistingContainer[] = [];

  adjust() {
    return this.outcome;
  }

  unclaimed(question: string): AdjustmentOutcome {
    this.told.push(`unclaimed ${question}`);
    return { kind: "unclaimed" };
  }

  update({ cgroupParent }: { cgroupParent: string }, { name, id }: { name: string; id: string }) {
    this.told.push(`update ${name} (${id}) of ${cgroupParent}`);
    return this.outcome;
  }

  synchronize(existing: readonly ExistingContainer[]) {
    this.existing = existing;
    return Promise.resolve(this.updates);
  }

  removed(sandbox: { cgroupParent: string }, { id, name }: { id: string; name: string }) {
    this.told.push(`removed ${name} (${id}) of ${sandbox.cgroupParent}`);
    return Promise.resolve();
  }

  sandboxRemoved(sandbox: { cgroupParent: string }) {
    this.told.push(`removed ${sandbox.cgroupParent}`);
  }
}

function service(failClosed = false) {
  const containers = new Containers();
  const told: string[] = [];
  const observer = {
    configured: () => void told.push("configured"),
    failClosedUnsupported: () => void told.push("unsupported"),
    synchronized: () => void told.push("synchronized"),
  };
  const methods = new PluginService(containers, observer, { failClosed, limitReservations: false }).methods();
  const names = [...methods.keys()];
  const call = (method: string, payload: Uint8Array) => {
    const answer = methods.get(method);
    assert.ok(answer !== undefined, `there is no method ${method}`);
    return answer(payload);
  };
  return { containers, told, call, names };
}

function configure(
  call: (method: string, payload: Uint8Array) => Uint8Array | Promise<Uint8Array>,
  version: string,
) {
  const request = nri.ConfigureRequest.fromPartial({ runtimeName: "containerd", nriVersion: version });
  const answer = call("Configure", nri.ConfigureRequest.encode(request).finish());
  assert.ok(answer instanceof Uint8Array);
  return nri.ConfigureResponse.decode(answer);
}

Deno.test("only the events that are used are asked for, all of them known to every version of NRI", () => {
  const { events, failurePolicy } = configure(service().call, "0.12.5");
  assert.equal(events, 1 << 2 | 1 << 3 | 1 << 7 | 1 << 10);
  assert.equal(events & ~0x7ff, 0);
  assert.equal(failurePolicy, undefined);
});

Deno.test("fail-closed asks for it where it is known, and says so where it is not", () => {
  const newer = service(true), older = service(true);
  assert.deepEqual(configure(newer.call, "0.12.5").failurePolicy, { failRequest: true, keepConnected: true });
  assert.equal(configure(older.call, "0.12.4").failurePolicy, undefined);
  assert.deepEqual([newer.told, older.told], [["configured"], ["configured", "unsupported"]]);
});

Deno.test("a container without claims is answered at once, with nothing", () => {
  const { call, containers } = service();
  const create = (container: nri.Container) =>
    call("CreateContainer", nri.CreateContainerRequest.encode({ pod, container }).finish());
  assert.deepEqual(create(container), new Uint8Array());
  containers.outcome = Promise.reject(new Error("what mentions no claim was read"));
  containers.outcome.catch(() => {});
  const plain = { ...container, env: ["DRAMEMORY=1", "dramemory_x_NUMANodes=0"] };
  assert.deepEqual(create(plain), new Uint8Array());
  const update = nri.UpdateContainerRequest.encode({ pod, container: plain, linuxResources: undefined });
  assert.deepEqual(call("UpdateContainer", update.finish()), new Uint8Array());
  assert.deepEqual(containers.told, ["unclaimed create", "unclaimed update"]);
});

Deno.test("a placed container is adjusted when it is created and again when it is updated", async () => {
  const { call, containers } = service();
  containers.outcome = Promise.resolve({ kind: "adjusted", adjustment });
  const created = await call(
    "CreateContainer",
    nri.CreateContainerRequest.encode({ pod, container }).finish(),
  );
  assert.deepEqual(nri.CreateContainerResponse.decode(created).adjust?.linux?.resources, resources);
  const update = nri.UpdateContainerRequest.encode({ pod, container, linuxResources: undefined }).finish();
  const updated = nri.UpdateContainerResponse.decode(await call("UpdateContainer", update)).update;
  assert.deepEqual(updated.map(({ containerId, linux }) => [containerId, linux?.resources]), [[
    "c1",
    resources,
  ]]);
  assert.deepEqual(containers.told, ["update app (c1) of /kp"]);
});

Deno.test("what a pod's RuntimeClass has it run with is told for each container that is created or updated", () => {
  const { call, containers } = service(), told: unknown[] = [];
  const tell = (sandbox: { runtimeHandler?: string }) => {
    told.push(sandbox.runtimeHandler);
    return { kind: "unclaimed" } as const;
  };
  Object.assign(containers, { adjust: tell, update: tell });
  const kata = { ...pod, runtimeHandler: "kata" };
  call("CreateContainer", nri.CreateContainerRequest.encode({ pod: kata, container }).finish());
  call(
    "UpdateContainer",
    nri.UpdateContainerRequest.encode({ pod: kata, container, linuxResources: undefined }).finish(),
  );
  assert.deepEqual(told, ["kata", "kata"]);
});

Deno.test("a refusal is the error of the call", async () => {
  const { call, containers } = service();
  containers.outcome = Promise.resolve({ kind: "refused", message: "not yours" });
  const request = nri.CreateContainerRequest.encode({ pod, container }).finish();
  await assert.rejects(async () => await call("CreateContainer", request), /not yours/);
});

Deno.test("removals are told, by the calls of newer runtimes and by the events of older ones", async () => {
  const { call, containers } = service();
  const { REMOVE_CONTAINER, REMOVE_POD_SANDBOX, POST_START_CONTAINER } = nri.Event;
  const event = (kind: nri.Event) => nri.StateChangeEvent.encode({ event: kind, pod, container }).finish();
  await call("RemoveContainer", nri.ContainerEventRequest.encode({ pod, container }).finish());
  await call("RemovePodSandbox", nri.PodEventRequest.encode({ pod }).finish());
  for (const kind of [REMOVE_CONTAINER, REMOVE_POD_SANDBOX, POST_START_CONTAINER]) {
    await call("StateChange", event(kind));
  }
  const once = ["removed app (c1) of /kp", "removed /kp"];
  assert.deepEqual(containers.told, [...once, ...once]);
});

Deno.test("stopping a container releases nothing", async () => {
  const { call, containers } = service();
  await call("StopContainer", nri.StopContainerRequest.encode({ pod, container }).finish());
  assert.deepEqual(containers.told, []);
});

Deno.test("containers come in chunks, each acknowledged, and the changes follow the last one", async () => {
  const { call, containers, told } = service();
  containers.updates.set(containerId("c1"), adjustment);
  const chunk = (containers: nri.Container[], more: boolean) =>
    nri.SynchronizeRequest.encode({ pods: more ? [pod] : [], containers, more }).finish();
  const stopped = { ...container, id: "c2", state: nri.ContainerState.CONTAINER_STOPPED };
  const orphan = { ...container, id: "c3", podSandboxId: "unknown" };

  const first = nri.SynchronizeResponse.decode(await call("Synchronize", chunk([container], true)));
  assert.deepEqual(first, { update: [], more: true });
  assert.deepEqual(told, []);
  const last = nri.SynchronizeResponse.decode(await call("Synchronize", chunk([stopped, orphan], false)));

  assert.deepEqual(last.update.map(({ containerId }) => containerId), ["c1"]);
  assert.deepEqual(last.update.map(({ ignoreFailure }) => ignoreFailure), [true]);
  assert.deepEqual(containers.existing.map(({ id, isStopped }) => [String(id), isStopped]), [
    ["c1", false],
    ["c2", true],
  ]);
  assert.deepEqual(told, ["synchronized"]);
});

Deno.test("a list longer than any node's is refused, not collected", () => {
  const { call } = service();
  const containers = Array.from({ length: maxContainers }, () => container);
  const payload = (containers: nri.Container[]) =>
    nri.SynchronizeRequest.encode({ pods: [], containers, more: true }).finish();
  call("Synchronize", payload(containers));
  assert.throws(() => call("Synchronize", payload([container])), /Cannot synchronize more than/);
});

Deno.test("bytes that are no request, or only part of one, are the caller's error", async () => {
  const whole = nri.CreateContainerRequest.encode({ pod, container }).finish();
  const part = fc.nat(whole.length).map((length) => whole.subarray(0, length));
  await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array(), part), async (payload) => {
    const { call, names } = service();
    for (const name of names) {
      try {
        await call(name, payload);
      } catch (error) {
        assert.ok(error instanceof TtrpcError && error.code === statusCode.invalidArgument, String(error));
      }
    }
  }));
});
