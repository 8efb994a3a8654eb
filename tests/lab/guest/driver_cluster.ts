import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { ApiClient } from "../../../adapters/embedded/api_client.ts";
import { EmbeddedApiServer } from "../../../adapters/embedded/api_server/embedded_api_server.ts";
import { EmbeddedKubelet } from "../../../adapters/embedded/kubelet/embedded_kubelet.ts";
import { EmbeddedRuntime } from "../../../adapters/embedded/runtime/embedded_runtime.ts";
import { EmbeddedScheduler } from "../../../adapters/embedded/scheduler/embedded_scheduler.ts";
import { driverName } from "../../../core/driver.ts";
import { podUid } from "../../../core/ids.ts";
import type { RequestedClaim } from "../../../core/ports/dra_service.ts";
import { claimOf, namespace, podOf } from "./api_objects.ts";
import { Daemon } from "./daemon.ts";
import { KernelCgroups } from "./kernel_cgroups.ts";
import type { ClaimedShare, PlacedContainer, Placement } from "./placement.ts";

const nodeName = "lab";
const directory = "/run/cluster";
const api = "/apis/resource.k8s.io/v1";
const claimsPath = `${api}/namespaces/${namespace}/resourceclaims`;
const podsPath = `/api/v1/namespaces/${namespace}/pods`;

/** A pod whose claims are prepared and whose sandbox runs, without containers yet. */
export interface PreparedPod {
  readonly name: string;
  readonly claims: readonly RequestedClaim[];
  readonly cdiDevices: readonly string[];
  readonly sandbox: Parameters<EmbeddedRuntime["createContainer"]>[0];
}

/** The embedded counterparts on the kernel's cgroups, and the executable under test as their driver. */
export class DriverCluster implements Placement {
  readonly daemon: Daemon;
  readonly runtime: EmbeddedRuntime;
  readonly cgroups = new KernelCgroups();
  readonly #paths = {
    kubeconfig: `${directory}/kubeconfig`,
    kubeletRoot: `${directory}/kubelet`,
    cdiDir: `${directory}/cdi`,
    nriSocket: `${directory}/nri.sock`,
    cgroupMount: this.cgroups.mount,
  };
  readonly #api = new EmbeddedApiServer();
  readonly #kubelet = new EmbeddedKubelet({ root: this.#paths.kubeletRoot });
  #client: ApiClient | undefined;
  #pods = 0;

  constructor() {
    const { nriSocket, cdiDir } = this.#paths;
    this.daemon = new Daemon(this.#paths);
    this.runtime = new EmbeddedRuntime({
      socketPath: nriSocket,
      cdiDirectory: cdiDir,
      cgroups: this.cgroups,
    });
  }

  /** Starts the counterparts, adds the node and what `dramemory manifests` prints for it, and starts the driver. */
  async open(): Promise<void> {
    await Deno.mkdir(this.#paths.cdiDir, { recursive: true });
    await this.#api.start();
    await Deno.writeTextFile(this.#paths.kubeconfig, this.#api.kubeconfig);
    await this.runtime.start();
    await this.#kubelet.start();
    this.#client = new ApiClient(this.#api);
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: nodeName } };
    await this.#client.request("POST", "/api/v1/nodes", node);
    const { stdout } = await new Deno.Command("dramemory", { args: ["manifests"] }).output();
    for (const document of parseAllDocuments(new TextDecoder().decode(stdout))) {
      await this.#client.request("POST", `${api}/deviceclasses`, document.toJS());
    }
    await this.startDriver();
  }

  /** Starts the driver, at first or again. */
  async startDriver(): Promise<void> {
    await this.daemon.start(nodeName);
    await this.#kubelet.registered(driverName);
  }

  /** Ends everything, the driver first. */
  async close(): Promise<void> {
    await this.daemon.stop();
    this.#client?.close();
    await this.#kubelet.stop();
    await this.runtime.stop();
    await this.#api.stop();
  }

  async start(shares: readonly ClaimedShare[]): Promise<PlacedContainer> {
    const pod = await this.preparePod(shares);
    const { sandbox, cdiDevices } = pod;
    const { cgroup } = await this.runtime.createContainer(sandbox, { name: "main", cdiDevices });
    return {
      cgroup: this.cgroups.mount + cgroup,
      [Symbol.asyncDispose]: () => this.removePod(pod),
    };
  }

  /** Makes a pod whose container `main` has a claim for each share, as far as its sandbox. */
  async preparePod(shares: readonly ClaimedShare[]): Promise<PreparedPod> {
    const name = `pod-${++this.#pods}`;
    const claimNames = shares.map((_, index) => `${name}-claim-${index}`);
    for (const [index, share] of shares.entries()) {
      await this.#administrator.request("POST", claimsPath, claimOf(`${name}-claim-${index}`, share));
    }
    const { metadata } = await this.#administrator.request<{ metadata: { uid: string } }>(
      "POST",
      podsPath,
      podOf(name, claimNames),
    );
    const reference = { namespace, name, uid: podUid(metadata.uid) };
    const claims: RequestedClaim[] = [];
    const scheduler = new EmbeddedScheduler(this.#administrator);
    for (const claim of claimNames) {
      const { metadata: { uid } } = await scheduler.schedule(namespace, claim, reference);
      claims.push({ namespace, name: claim, uid });
    }
    const cdiDevices = await this.#prepare(claims);
    return { name, claims, cdiDevices, sandbox: await this.runtime.runPod(reference) };
  }

  /** Removes a pod with its containers, and gives its claims back. */
  async removePod({ name, claims, sandbox }: PreparedPod): Promise<void> {
    await this.runtime.removePod(sandbox);
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
