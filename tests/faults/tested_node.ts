import assert from "node:assert/strict";
import { SimulatedCluster } from "../../adapters/simulator/simulated_cluster.ts";
import { twoNuma, writeSampleMachine } from "../../adapters/simulator/machine/sample_machine.ts";
import { driverName } from "../../core/values/driver.ts";
import type { PrepareOutcome, RequestedClaim, UnprepareOutcome } from "../../core/ports/dra_service.ts";
import { parsePageSize } from "../../core/values/page_size.ts";
import { TestedDriver } from "./_tested_driver.ts";

export const nodeName = "node-a";

/**
 * A node with everything around the driver: API server, kubelet and runtime in this process, a machine's files that
 * can be changed, and any number of drivers.
 */
export class TestedNode {
  readonly directory: string;
  readonly cluster: SimulatedCluster;
  readonly #drivers: TestedDriver[] = [];

  constructor(directory: string) {
    this.directory = directory;
    this.cluster = new SimulatedCluster(directory, ["2m", "1g"].map(parsePageSize));
  }

  async start(): Promise<void> {
    await writeSampleMachine(twoNuma, `${this.directory}/sys`, `${this.directory}/proc`);
    await this.cluster.start(nodeName);
  }

  /** The directory of the drivers' sockets for `dramemory status`. */
  get runDir(): string {
    return `${this.directory}/run`;
  }

  /** Ends the drivers that still run, and everything else. */
  async stop(): Promise<void> {
    for (const driver of this.#drivers) await driver.kill();
    await this.cluster.stop();
  }

  /** What the drivers said, one after the other. */
  get logs(): string {
    return this.#drivers.map(({ log }) => log).join("---\n");
  }

  /** Starts a driver; the flags stand in for the usual ones or come on top. */
  startDriver(flags: Record<string, string> = {}, environment: Record<string, string> = {}): TestedDriver {
    const { paths } = this.cluster;
    const driver = TestedDriver.start({
      "kubeconfig": paths.kubeconfig,
      "hostname-override": nodeName,
      "cgroup-mount": paths.cgroupMount,
      "bind-address": "127.0.0.1:0",
      "run-dir": this.runDir,
      "kubelet-root": paths.kubeletRoot,
      "cdi-dir": paths.cdiDir,
      "nri-socket": paths.nriSocket,
      "sysfs-root": `${this.directory}/sys`,
      "procfs-root": `${this.directory}/proc`,
      ...flags,
    }, environment);
    this.#drivers.push(driver);
    return driver;
  }

  /** Starts a driver and waits until it is ready. */
  async readyDriver(
    flags?: Record<string, string>,
    environment?: Record<string, string>,
  ): Promise<TestedDriver> {
    const driver = this.startDriver(flags, environment);
    await driver.ready();
    return driver;
  }

  /** What the kubelet is told of a claim, once it knows a driver. */
  async prepare(claim: RequestedClaim): Promise<PrepareOutcome> {
    await this.cluster.kubelet.registered(driverName);
    return answerFor(claim, await this.cluster.kubelet.prepare(driverName, [claim]));
  }

  /** What the kubelet is told of a claim's end. */
  async unprepare(claim: RequestedClaim): Promise<UnprepareOutcome> {
    await this.cluster.kubelet.registered(driverName);
    return answerFor(claim, await this.cluster.kubelet.unprepare(driverName, [claim]));
  }

  /** Sets a count of a NUMA node's hugepages of 2 MiB, in one go as the kernel does. */
  async setPages(count: "nr" | "free", numaNode: number, pages: number): Promise<void> {
    const pool = `${this.directory}/sys/devices/system/node/node${numaNode}/hugepages/hugepages-2048kB`;
    await Deno.writeTextFile(`${pool}/next`, `${pages}\n`);
    await Deno.rename(`${pool}/next`, `${pool}/${count}_hugepages`);
  }

  /** The names in the CDI directory. */
  specFiles(): string[] {
    return [...Deno.readDirSync(this.cluster.paths.cdiDir)]
      .filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  }

  /** The names of the sockets in the directories that the driver shares with the kubelet. */
  sockets(): string[] {
    return ["plugins/dra.memory", "plugins_registry"].flatMap((directory) => {
      try {
        return [...Deno.readDirSync(`${this.cluster.paths.kubeletRoot}/${directory}`)]
          .filter(({ isFile, isDirectory }) => !isFile && !isDirectory).map(({ name }) => name);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return [];
        throw error;
      }
    }).sort();
  }
}

function answerFor<T>({ uid }: RequestedClaim, answers: ReadonlyMap<string, T>): T {
  const answer = answers.get(uid);
  assert.ok(answer !== undefined);
  return answer;
}

/** The message of a refusal, which the answer has to be. */
export function refusalIn(answer: PrepareOutcome): string {
  return answer.kind === "failed" ? answer.message : assert.fail("The claim was prepared");
}

/** Checks that a claim was prepared, and shows why not. */
export function assertPrepared(answer: PrepareOutcome): void {
  if (answer.kind === "failed") assert.fail(answer.message);
}

/** Runs a test on a node of its own. When the test fails, what the drivers said is shown. */
export async function onNode(test: (node: TestedNode) => Promise<void>): Promise<void> {
  const node = new TestedNode(await Deno.realPath(await Deno.makeTempDir({ prefix: "dramemory-" })));
  try {
    await node.start();
    await test(node);
  } catch (error) {
    console.error(node.logs);
    throw error;
  } finally {
    await node.stop();
    await Deno.remove(node.directory, { recursive: true });
  }
}
