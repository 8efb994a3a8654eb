import { join } from "node:path";
import {
  SimulatedKubelet,
  SimulatedKubeletError,
} from "../../adapters/simulator/kubelet/simulated_kubelet.ts";
import { CgroupTree } from "../../adapters/simulator/runtime/cgroup_tree.ts";
import {
  type SampleMachine,
  twoNuma,
  writeSampleMachine,
} from "../../adapters/simulator/machine/sample_machine.ts";
import { driverName } from "../../core/values/driver.ts";
import { parsePageSize } from "../../core/values/page_size.ts";
import { ApiServer } from "./api_server.ts";
import { absoluteNow, DriverProcess } from "./driver_process.ts";
import { nodeName } from "./objects.ts";
import { type Admitted, RuntimePeer } from "./_runtime_peer.ts";

/** A driver to be measured. */
export interface Contender {
  readonly name: string;
  readonly binary: string;
  /** Whether slices come of it; they do, but from a program that only stands in for a driver. */
  readonly publishes?: false;
}

/** How a driver came up: each in milliseconds from its start. */
export interface Started {
  readonly registered: number;
  readonly synchronized: number;
  readonly published: number;
}

/** Two sockets with 512 GiB each: room for tens of thousands of claims of 2 MiB. */
export const machine: SampleMachine = {
  basePageBytes: 4096n,
  nodes: twoNuma.nodes.map((node) => ({
    ...node,
    memoryKibibytes: 512 << 20,
    hugepages: { 2048: 1 << 16, 1048576: 4 },
  })),
};

/** The kubelet learns of a socket by inotify, at once. This one looks, so it looks often. */
const scanMilliseconds = 2;
const startMilliseconds = 30_000;
/** The slices count as published when no further one was written for so long. */
const quietMilliseconds = 700;

let nodes = 0;

/** A node of one driver with what it speaks to: API server, kubelet, and runtime. */
export class BenchNode {
  readonly contender: Contender;
  readonly directory: string;
  readonly api = new ApiServer();
  readonly kubelet: SimulatedKubelet;
  readonly runtime: RuntimePeer;
  readonly cgroups: CgroupTree;
  #driver: DriverProcess | undefined;

  private constructor(contender: Contender, directory: string) {
    this.contender = contender;
    this.directory = directory;
    this.kubelet = new SimulatedKubelet({ root: this.path("kubelet"), scanMilliseconds });
    this.runtime = new RuntimePeer(this.path("nri.sock"));
    this.cgroups = new CgroupTree(this.path("cgroup"), ["2m", "1g"].map(parsePageSize));
  }

  /** Everything but the driver, in a new directory below the given one. */
  static async start(contender: Contender, parent: string): Promise<BenchNode> {
    // A name of a few characters: the path of the kubelet's registration socket below may have 107 bytes in all.
    const directory = join(await Deno.realPath(parent), `node-${++nodes}`);
    await Deno.mkdir(directory);
    const node = new BenchNode(contender, directory);
    await writeSampleMachine(machine, node.path("sys"), node.path("proc"));
    for (const name of ["cdi", "cgroup"]) await Deno.mkdir(node.path(name));
    const { kubeconfig, countedKubeconfig } = await node.api.call("start");
    await Deno.writeTextFile(node.path("kubeconfig"), kubeconfig);
    await Deno.writeTextFile(node.path("counted-kubeconfig"), countedKubeconfig);
    await node.kubelet.start();
    return node;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** The driver that runs. */
  get driver(): DriverProcess {
    if (this.#driver === undefined) throw new Error("No driver was started");
    return this.#driver;
  }

  /**
   * Starts the driver and waits until it is ready. With `counted`, its traffic with the API server is counted; what
   * publishes no slices is not waited for to do so. `flags` come on top, without `--`.
   */
  async startDriver(
    { counted = false, publishes = true, flags = {} }: {
      readonly counted?: boolean;
      readonly publishes?: boolean;
      readonly flags?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Started & Pick<Admitted, "synchronizeMilliseconds">> {
    const driver = DriverProcess.start(
      this.contender.binary,
      this.#flags(counted, flags),
      this.path("log"),
    );
    this.#driver = driver;
    const ready = Promise.all([
      this.#registered(),
      this.runtime.admitted(),
      publishes ? this.#published(driver.startedAt) : 0,
    ]);
    const [registeredAt, { at, synchronizeMilliseconds }, publishedAt] = await Promise.race([
      ready,
      driver.diedEarly(),
    ]);
    return {
      registered: registeredAt - driver.startedAt,
      synchronized: at - driver.startedAt,
      published: publishedAt - driver.startedAt,
      synchronizeMilliseconds,
    };
  }

  /** Ends the driver in good order; resolves with how long that took. */
  async stopDriver(): Promise<number> {
    const milliseconds = await this.driver.stop();
    this.#driver = undefined;
    await this.runtime.disconnect();
    await this.#forgotten();
    return milliseconds;
  }

  /** The names that the driver left in the directories that it shares with others. */
  leftBehind(): string[] {
    return ["cdi", "kubelet/plugins_registry", `kubelet/plugins/${driverName}`].flatMap((directory) => {
      try {
        return [...Deno.readDirSync(this.path(directory))].map(({ name }) => `${directory}/${name}`);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return [];
        throw error;
      }
    });
  }

  /** Ends everything and removes the directory. */
  async stop(): Promise<void> {
    await this.#driver?.kill();
    await this.kubelet.stop();
    await this.runtime.stop();
    await this.api.stop();
    await Deno.remove(this.directory, { recursive: true });
  }

  #flags(counted: boolean, more: Readonly<Record<string, string>>): string[] {
    const flags = {
      "kubeconfig": this.path(counted ? "counted-kubeconfig" : "kubeconfig"),
      "hostname-override": nodeName,
      "cgroup-mount": this.path("cgroup"),
      "bind-address": "127.0.0.1:0",
      "kubelet-root": this.path("kubelet"),
      "cdi-dir": this.path("cdi"),
      "nri-socket": this.path("nri.sock"),
      "sysfs-root": this.path("sys"),
      "procfs-root": this.path("proc"),
      "kube-api-qps": "100000",
      "kube-api-burst": "100000",
      ...more,
    };
    return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  }

  /** Waits until the kubelet has seen that the driver is gone, so that it is not taken for the next one. */
  async #forgotten(): Promise<void> {
    for (;;) {
      try {
        await this.kubelet.registered(driverName, 0);
      } catch (error) {
        if (error instanceof SimulatedKubeletError) return;
        throw error;
      }
      await sleep(scanMilliseconds);
    }
  }

  async #registered(): Promise<number> {
    await this.kubelet.registered(driverName, startMilliseconds);
    return absoluteNow();
  }

  /** When the last slice was written. */
  async #published(startedAt: number): Promise<number> {
    for (;;) {
      const { count, lastWriteAt } = await this.api.call("slices");
      if (count > 0 && lastWriteAt > startedAt && absoluteNow() - lastWriteAt > quietMilliseconds) {
        return lastWriteAt;
      }
      if (absoluteNow() - startedAt > startMilliseconds) throw new Error("The driver published no slices");
      await sleep(50);
    }
  }
}

/** Waits. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
