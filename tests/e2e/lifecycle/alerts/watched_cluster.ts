import type { DaemonSet as V1DaemonSet } from "kubernetes-types/apps/v1";
import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import { parse } from "yaml";
import { requirePeer } from "../../../peers/go.ts";
import { Prometheus, prometheusProgram, type Series } from "../../../peers/prometheus/prometheus.ts";
import type { Api } from "../../cluster/api.ts";
import { onNode } from "../../cluster/node.ts";
import { waitFor } from "../../cluster/wait.ts";

const daemonSet = "/apis/apps/v1/namespaces/kube-system/daemonsets/dramemory";
const driverPods = "/api/v1/namespaces/kube-system/pods?labelSelector=app.kubernetes.io/name=dramemory";
const rulesFile = new URL("../../../../deploy/monitoring/dramemory.rules.yaml", import.meta.url);
const scrapeSeconds = 5;
const alertSeconds = 90;

/** A rule of the file, as far as it is changed here. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
}

/** The project's alerts, each minute of them a few seconds: what they say and by what they tell stays as it is. */
export async function quickRules(): Promise<AlertRule[]> {
  const { groups }: { groups: { rules: AlertRule[] }[] } = parse(await Deno.readTextFile(rulesFile));
  return groups.flatMap(({ rules }) => rules).map((rule) => ({
    ...rule,
    expr: rule.expr.replaceAll("[10m]", "[45s]").replaceAll("[1h]", "[90s]").replaceAll("[30m]", "[2m]"),
    ...rule.for === undefined ? {} : { for: `${2 * scrapeSeconds}s` },
  }));
}

/**
 * A Prometheus that watches the cluster's driver with the project's alerts. It runs beside the control plane, where the
 * node's pods cannot be reached: what it scrapes is fetched on the node from the driver's pod, and what
 * kube-state-metrics would say of the DaemonSet is made from its status.
 */
export class WatchedCluster implements AsyncDisposable {
  readonly #prometheus: Prometheus;
  readonly #bridge: Deno.HttpServer<Deno.NetAddr>;
  readonly #start = new Date();

  private constructor(prometheus: Prometheus, bridge: Deno.HttpServer<Deno.NetAddr>) {
    this.#prometheus = prometheus;
    this.#bridge = bridge;
  }

  static async start(api: Api): Promise<WatchedCluster> {
    const binary = await requirePeer(prometheusProgram);
    const bridge = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async () => new Response(`${await driverMetrics(api)}${await stateMetrics(api)}`),
    );
    const prometheus = await Prometheus.start(binary, {
      targets: [`127.0.0.1:${bridge.addr.port}`],
      rules: await quickRules(),
      seconds: scrapeSeconds,
    });
    const watched = new WatchedCluster(prometheus, bridge);
    await waitFor("the driver's metrics", alertSeconds, async () => {
      const seen = await watched.series("dramemory_build_info");
      return seen.length > 0 ? { value: undefined } : { missing: "there are none" };
    });
    return watched;
  }

  /** Waits until all these alerts fire. */
  async fires(...alerts: readonly string[]): Promise<void> {
    await this.#told(
      `${alerts.join(" and ")} to fire`,
      (firing) => alerts.filter((alert) => !firing.has(alert)),
    );
  }

  /** Waits until none of these alerts fires. */
  async stops(...alerts: readonly string[]): Promise<void> {
    await this.#told(
      `${alerts.join(" and ")} to stop`,
      (firing) => alerts.filter((alert) => firing.has(alert)),
    );
  }

  /** What an expression gave since the start. */
  series(expression: string): Promise<Series[]> {
    return this.#prometheus.range(expression, this.#start, scrapeSeconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#prometheus[Symbol.asyncDispose]();
    await this.#bridge.shutdown();
  }

  async #told(what: string, missing: (firing: ReadonlySet<string>) => string[]): Promise<void> {
    await waitFor(what, alertSeconds, async () => {
      const firing = new Set((await this.#prometheus.firing()).map(({ alertname = "" }) => alertname));
      const left = missing(firing);
      return left.length === 0
        ? { value: undefined }
        : { missing: `${left} (firing: ${[...firing].join(", ")})` };
    });
  }
}

/** What the driver's newest pod that runs says; nothing where there is none, or it does not answer. */
async function driverMetrics(api: Api): Promise<string> {
  const running = (await api.list<V1Pod>(driverPods)).filter(({ status }) => status?.phase === "Running");
  const [newest] = running.toSorted((a, b) => started(b) - started(a));
  const address = newest?.status?.podIP;
  if (address === undefined) return "";
  // The node's wget cannot do without a resolver. Behind the headers there is a line with nothing but its end.
  const request = String.raw`printf 'GET /metrics HTTP/1.0\r\n\r\n' | nc -w 5 ${address} 9177`;
  return await onNode(`${request} | sed '1,/^.$/d'`);
}

function started({ metadata }: V1Pod): number {
  return Date.parse(metadata?.creationTimestamp ?? "");
}

async function stateMetrics(api: Api): Promise<string> {
  const { status } = await api.get<V1DaemonSet>(daemonSet);
  const labels = '{namespace="kube-system",daemonset="dramemory"}';
  return `kube_daemonset_status_desired_number_scheduled${labels} ${status?.desiredNumberScheduled ?? 0}\n` +
    `kube_daemonset_status_number_ready${labels} ${status?.numberReady ?? 0}\n`;
}
