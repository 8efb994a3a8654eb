import { join } from "node:path";
import { CgroupTree } from "../../../adapters/simulator/runtime/cgroup_tree.ts";
import { writeSampleMachine } from "../../../adapters/simulator/machine/sample_machine.ts";
import { driverName } from "../../../core/values/driver.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { NodePeer } from "../../peers/node/node_peer.ts";
import { type Contender, machine, sleep, type Started } from "../bench_node.ts";
import { absoluteNow, DriverProcess } from "../driver_process.ts";
import type { BenchClaim } from "../objects.ts";
import type { RealCluster } from "./cluster.ts";

/** How many slices that machine has: memory, pages of 2Mi, pages of 1Gi. */
const wantedSlices = 3;
const startMilliseconds = 30_000;

/** A node of one driver at a real API server, with the kubelet's and the runtime's own libraries on its sockets. */
export class RealNode {
  readonly contender: Contender;
  readonly name: string;
  readonly peer: NodePeer;
  readonly #cluster: RealCluster;
  readonly #directory: string;
  #claims: readonly BenchClaim[] = [];
  #driver: DriverProcess | undefined;

  private constructor(
    contender: Contender,
    name: string,
    peer: NodePeer,
    cluster: RealCluster,
    directory: string,
  ) {
    this.contender = contender;
    this.name = name;
    this.peer = peer;
    this.#cluster = cluster;
    this.#directory = directory;
  }

  /** Everything but the driver, in a directory of that name below the given one. */
  static async start(
    contender: Contender,
    name: string,
    cluster: RealCluster,
    peerBinary: string,
    parent: string,
  ): Promise<RealNode> {
    const directory = join(await Deno.realPath(parent), name);
    const at = (name: string) => join(directory, name);
    await Deno.mkdir(directory);
    await writeSampleMachine(machine, at("sys"), at("proc"));
    for (const name of ["cdi", "cgroup"]) await Deno.mkdir(at(name));
    await cluster.addNode(name, at("account"));
    const peer = NodePeer.start(peerBinary);
    await peer.listen({
      nriSocket: at("nri.sock"),
      registry: at("kubelet/plugins_registry"),
      cdi: at("cdi"),
    });
    return new RealNode(contender, name, peer, cluster, directory);
  }

  /** The first claims of the node; they are made when they are first asked for. */
  async claims(count: number): Promise<readonly BenchClaim[]> {
    const { length } = this.#claims;
    if (length < count) {
      this.#claims = [...this.#claims, ...await this.#cluster.createClaims(this.name, length, count)];
    }
    return this.#claims.slice(0, count);
  }

  /** Makes the cgroups of claims' pods, as the kubelet does. */
  async createPodCgroups(claims: readonly BenchClaim[]): Promise<void> {
    const cgroups = new CgroupTree(join(this.#directory, "cgroup"), ["2m", "1g"].map(parsePageSize));
    for (const { podUid } of claims) await cgroups.create(`/kubepods/burstable/pod${podUid}`);
  }

  /** The process of the driver that runs. */
  get pid(): number {
    if (this.#driver === undefined) throw new Error("No driver was started");
    return this.#driver.pid;
  }

  /** Starts the driver with the flags that a user would give, all others as they are, and waits until it is ready. */
  async startDriver(): Promise<Omit<Started, "published"> & Partial<Started>> {
    await this.#cluster.removeSlices(this.name);
    const watching = new AbortController();
    const published = Promise.withResolvers<number>();
    let slices = 0;
    await this.#cluster.watchSlices(this.name, () => {
      if (++slices === wantedSlices) published.resolve(absoluteNow());
    }, watching.signal);
    const driver = DriverProcess.startAsPod(
      this.contender.binary,
      this.#flags(),
      join(this.#directory, "log"),
      join(this.#directory, "account"),
      this.#cluster.url,
    );
    this.#driver = driver;
    try {
      const { registered, synchronized } = await Promise.race([
        this.peer.admitted(driver.startedAt),
        driver.diedEarly(),
        late(),
      ]);
      const since = {
        registered: registered - driver.startedAt,
        synchronized: synchronized - driver.startedAt,
      };
      if (this.contender.publishes === false) return since;
      const publishedAt = await Promise.race([published.promise, driver.diedEarly(), late()]);
      return { ...since, published: publishedAt - driver.startedAt };
    } finally {
      watching.abort();
    }
  }

  async stopDriver(): Promise<void> {
    await this.#driver?.stop();
    this.#driver = undefined;
    // What registered it must have missed it once.
    await sleep(50);
  }

  /** Ends everything and removes the directory. */
  async stop(): Promise<void> {
    await this.#driver?.kill();
    await this.peer[Symbol.asyncDispose]();
    await Deno.remove(this.#directory, { recursive: true });
  }

  #flags(): string[] {
    const at = (name: string) => join(this.#directory, name);
    const flags = {
      "hostname-override": this.name,
      "cgroup-mount": at("cgroup"),
      "bind-address": "127.0.0.1:0",
      "run-dir": "",
      "kubelet-root": at("kubelet"),
      "cdi-dir": at("cdi"),
      "nri-socket": at("nri.sock"),
      "sysfs-root": at("sys"),
      "procfs-root": at("proc"),
    };
    return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  }
}

async function late(): Promise<never> {
  await sleep(startMilliseconds);
  throw new Error(`${driverName} was not ready within ${startMilliseconds} ms`);
}
