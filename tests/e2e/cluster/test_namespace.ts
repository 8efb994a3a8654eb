import type {
  ContainerStatus as V1ContainerStatus,
  Event as CoreV1Event,
  Pod as V1Pod,
} from "kubernetes-types/core/v1";
import { parseReport } from "../../workload/report.ts";
import type { Api } from "./api.ts";
import { claim, claimTemplate, pod, type PodPlan, type Wanted } from "./objects.ts";
import { waitFor } from "./wait.ts";

/** A claim's allocation, as much as the suites read of it. */
export interface AllocatedClaim {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status?: {
    readonly allocation?: {
      readonly devices: {
        readonly results: readonly {
          readonly driver: string;
          readonly device: string;
          readonly consumedCapacity?: Readonly<Record<string, string>>;
        }[];
      };
    };
  };
}

const startSeconds = 90;
const endSeconds = 90;

/** A namespace of a test's own, with what the test makes in it. */
export class TestNamespace {
  readonly name: string;
  readonly #api: Api;

  constructor(api: Api, name: string) {
    this.#api = api;
    this.name = name;
  }

  get #claims(): string {
    return `/apis/resource.k8s.io/v1/namespaces/${this.name}/resourceclaims`;
  }

  get #pods(): string {
    return `/api/v1/namespaces/${this.name}/pods`;
  }

  async createClaim(name: string, ...wanted: readonly Wanted[]): Promise<void> {
    await this.#api.create(this.#claims, claim(name, wanted));
  }

  async createTemplate(name: string, ...wanted: readonly Wanted[]): Promise<void> {
    const collection = `/apis/resource.k8s.io/v1/namespaces/${this.name}/resourceclaimtemplates`;
    await this.#api.create(collection, claimTemplate(name, wanted));
  }

  async createPod(name: string, plan: PodPlan): Promise<void> {
    await this.#api.create(this.#pods, pod(name, plan));
  }

  async deletePod(name: string): Promise<void> {
    await this.#api.delete(`${this.#pods}/${name}`);
  }

  pods(): Promise<V1Pod[]> {
    return this.#api.list<V1Pod>(this.#pods);
  }

  claims(): Promise<AllocatedClaim[]> {
    return this.#api.list<AllocatedClaim>(this.#claims);
  }

  /** Waits until a pod runs, with all its containers. */
  async running(name: string): Promise<void> {
    await waitFor(`pod ${name} to run`, startSeconds, async () => {
      const found = await this.#api.get<V1Pod>(`${this.#pods}/${name}`);
      if (found.status?.phase === "Running" && containersOf(found).every(({ state }) => state?.running)) {
        return { value: undefined };
      }
      return this.#missing(found);
    });
  }

  /** Waits until a pod has ended, and resolves to `Succeeded` or `Failed`. */
  async ended(name: string): Promise<string> {
    return await waitFor(`pod ${name} to end`, startSeconds, async () => {
      const found = await this.#api.get<V1Pod>(`${this.#pods}/${name}`);
      const phase = found.status?.phase ?? "";
      return phase === "Succeeded" || phase === "Failed" ? { value: phase } : this.#missing(found);
    });
  }

  /** Waits until a pod is no longer there. */
  async gone(name: string): Promise<void> {
    await waitFor(`pod ${name} to go`, endSeconds, async () => {
      const found = await this.#api.find<V1Pod>(`${this.#pods}/${name}`);
      return found === undefined ? { value: undefined } : { missing: `it is ${found.status?.phase}` };
    });
  }

  /** Waits until the events of a pod, or the states of its containers, say something, and resolves to that text. */
  async told(name: string, pattern: RegExp): Promise<string> {
    return await waitFor(`pod ${name} to tell ${pattern}`, startSeconds, async () => {
      const found = await this.#api.get<V1Pod>(`${this.#pods}/${name}`);
      const texts = await this.#tellings(found);
      const text = texts.find((text) => pattern.test(text));
      return text === undefined ? { missing: texts.join("; ") || "nothing is told" } : { value: text };
    });
  }

  /** What a container has said. */
  async log(podName: string, container: string): Promise<string> {
    return await this.#api.text(`${this.#pods}/${podName}/log?container=${container}`);
  }

  /** Waits until a container has told where its memory is, in bytes by NUMA node. */
  async memoryOf(podName: string, container = "main"): Promise<Readonly<Record<string, number>>> {
    const line = await waitFor(`what ${podName} says`, startSeconds, async () => {
      const [line = ""] = (await this.log(podName, container)).split("\n");
      return line === "" ? { missing: "nothing yet" } : { value: line };
    });
    const report = parseReport(line);
    if ("nodes" in report) return report.nodes;
    throw new Error(`Pod ${podName} could not have its memory: ${line}`);
  }

  /** What a person needs to know about the pods when a test has failed. */
  async description(): Promise<string> {
    const pods = await this.pods();
    const lines = await Promise.all(pods.map(async (found) => {
      const texts = await this.#tellings(found);
      return `${found.metadata?.name}: ${found.status?.phase}\n${
        texts.map((text) => `  ${text}\n`).join("")
      }`;
    }));
    return lines.join("");
  }

  async #missing(found: V1Pod): Promise<{ readonly missing: string }> {
    return { missing: [`it is ${found.status?.phase}`, ...await this.#tellings(found)].join("; ") };
  }

  async #tellings(found: V1Pod): Promise<string[]> {
    const query = new URLSearchParams({ fieldSelector: `involvedObject.name=${found.metadata?.name}` });
    const events = await this.#api.list<CoreV1Event>(`/api/v1/namespaces/${this.name}/events?${query}`);
    const states = containersOf(found).flatMap(({ name, state, lastState }) =>
      [state?.waiting, state?.terminated, lastState?.terminated].flatMap((reason) =>
        reason === undefined ? [] : [`${name}: ${reason.reason ?? ""}: ${reason.message ?? ""}`]
      )
    );
    return [...states, ...events.map(({ reason, message }) => `${reason}: ${message}`)];
  }
}

/** The states of a pod's containers, once the kubelet has told them. */
export function containersOf(found: V1Pod): readonly V1ContainerStatus[] {
  return found.status?.containerStatuses ?? [];
}
