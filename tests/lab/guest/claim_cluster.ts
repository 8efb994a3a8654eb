import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { ApiClient } from "../../../adapters/simulator/api_client.ts";
import { SimulatedApiServer } from "../../../adapters/simulator/api_server/simulated_api_server.ts";
import { SimulatedKubelet } from "../../../adapters/simulator/kubelet/simulated_kubelet.ts";
import { SimulatedScheduler } from "../../../adapters/simulator/scheduler/simulated_scheduler.ts";
import type { PodReference } from "../../../core/claims/claim.ts";
import { driverName } from "../../../core/values/driver.ts";
import { podUid } from "../../../core/values/ids.ts";
import type { RequestedClaim } from "../../../core/ports/dra_service.ts";
import { claimOf, type memoryClassOf, namespace, podOf } from "./api_objects.ts";
import { Daemon, type DaemonPaths } from "./daemon.ts";
import type { ClaimedShare } from "./placement.ts";

const nodeName = "lab";
const registeredMilliseconds = 60_000;
/** The kubelet gives a plugin a second, which is not made for an emulated processor. */
const deadlines = { getInfoMilliseconds: 30_000, notifyMilliseconds: 30_000 };
const api = "/apis/resource.k8s.io/v1";
const claimsPath = `${api}/namespaces/${namespace}/resourceclaims`;
const podsPath = `/api/v1/namespaces/${namespace}/pods`;

/** A pod whose claims are prepared, before anything of it runs. */
export interface ClaimingPod {
  readonly reference: PodReference;
  readonly claims: readonly RequestedClaim[];
  readonly cdiDevices: readonly string[];
}

/** A simulated API server, scheduler and kubelet, and the executable under test as their driver. */
export class ClaimCluster {
  readonly daemon: Daemon;
  readonly #paths: DaemonPaths;
  readonly #api = new SimulatedApiServer();
  readonly #kubelet: SimulatedKubelet;
  #client: ApiClient | undefined;
  #pods = 0;

  constructor(paths: DaemonPaths) {
    this.#paths = paths;
    this.daemon = new Daemon(paths);
    this.#kubelet = new SimulatedKubelet({ root: paths.kubeletRoot, deadlines });
  }

  /** Starts all but the driver, and adds the node and what `dramemory manifests` prints for it. */
  async open(): Promise<void> {
    await Deno.mkdir(this.#paths.cdiDir, { recursive: true });
    await this.#api.start();
    await Deno.writeTextFile(this.#paths.kubeconfig, this.#api.kubeconfig);
    await this.#kubelet.start();
    this.#client = new ApiClient(this.#api);
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: nodeName } };
    await this.#client.request("POST", "/api/v1/nodes", node);
    const { stdout } = await new Deno.Command("dramemory", { args: ["manifests"] }).output();
    for (const document of parseAllDocuments(new TextDecoder().decode(stdout))) {
      await this.#client.request("POST", `${api}/deviceclasses`, document.toJS());
    }
  }

  /** Adds a DeviceClass. */
  async addClass(deviceClass: ReturnType<typeof memoryClassOf>): Promise<void> {
    await this.#administrator.request("POST", `${api}/deviceclasses`, deviceClass);
  }

  /** Starts the driver, at first or again, with more flags. */
  async startDriver(...more: readonly string[]): Promise<void> {
    await this.daemon.start(this.driverFlags(...more));
    await this.#kubelet.registered(driverName, registeredMilliseconds);
  }

  /** The driver's command line, for whoever starts it otherwise. */
  driverFlags(...more: readonly string[]): string[] {
    return this.daemon.flags(nodeName, more);
  }

  /** Waits for a driver that something else has started. */
  async driverReady(): Promise<void> {
    await this.daemon.ready();
    await this.#kubelet.registered(driverName, registeredMilliseconds);
  }

  /** Ends all but the driver. */
  async close(): Promise<void> {
    this.#client?.close();
    await this.#kubelet.stop();
    await this.#api.stop();
  }

  /** Makes a pod whose container `main` has a claim for each share, and has them prepared. */
  async preparePod(shares: readonly ClaimedShare[], hostUsers = true): Promise<ClaimingPod> {
    const pod = await this.#schedulePod(shares, hostUsers);
    return { ...pod, cdiDevices: await this.#prepare(pod.claims) };
  }

  /** Makes such a pod, of which the driver refuses a claim, and removes it. Returns what the driver says. */
  async refusalOf(shares: readonly ClaimedShare[]): Promise<string> {
    const pod = await this.#schedulePod(shares);
    const outcomes = await this.#kubelet.prepare(driverName, pod.claims);
    await this.removePod({ ...pod, cdiDevices: [] });
    const failed = [...outcomes.values()].find(({ kind }) => kind === "failed");
    assert.ok(failed?.kind === "failed", "every claim was prepared");
    return failed.message;
  }

  async #schedulePod(
    shares: readonly ClaimedShare[],
    hostUsers = true,
  ): Promise<Omit<ClaimingPod, "cdiDevices">> {
    const name = `pod-${++this.#pods}`;
    const claimNames = shares.map((_, index) => `${name}-claim-${index}`);
    for (const [index, share] of shares.entries()) {
      await this.#administrator.request("POST", claimsPath, claimOf(`${name}-claim-${index}`, share));
    }
    const { metadata } = await this.#administrator.request<{ metadata: { uid: string } }>(
      "POST",
      podsPath,
      podOf(name, claimNames, hostUsers),
    );
    const reference = { namespace, name, uid: podUid(metadata.uid) };
    const claims: RequestedClaim[] = [];
    const scheduler = new SimulatedScheduler(this.#administrator);
    for (const claim of claimNames) {
      const { metadata: { uid } } = await scheduler.schedule(namespace, claim, reference);
      claims.push({ namespace, name: claim, uid });
    }
    return { reference, claims };
  }

  /** Gives back the claims of a pod of which nothing runs any more, and deletes it. */
  async removePod({ reference: { name }, claims }: ClaimingPod): Promise<void> {
    const outcomes = await this.#kubelet.unprepare(driverName, claims);
    for (const claim of claims) {
      assert.deepEqual(outcomes.get(claim.uid), { kind: "unprepared" });
      await this.#administrator.request("DELETE", `${claimsPath}/${claim.name}`);
    }
    await this.#administrator.request("DELETE", `${podsPath}/${name}`);
  }

  async #prepare(claims: readonly RequestedClaim[]): Promise<string[]> {
    if (claims.length === 0) return [];
    const outcomes = await this.#kubelet.prepare(driverName, claims);
    return claims.flatMap(({ uid }) => {
      const outcome = outcomes.get(uid);
      assert.ok(outcome?.kind === "prepared", JSON.stringify(outcome));
      return outcome.devices.flatMap(({ cdiDeviceIds }) => cdiDeviceIds);
    });
  }

  get #administrator(): ApiClient {
    assert.ok(this.#client !== undefined, "the cluster is not open");
    return this.#client;
  }
}
