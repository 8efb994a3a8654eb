import * as v from "valibot";
import { eventually } from "../bounded.ts";
import { freePort } from "../free_port.ts";
import type { GoProgram } from "../go.ts";
import { ServerProcess } from "../server_process.ts";

/** Prometheus itself. */
export const prometheusProgram: GoProgram = {
  name: "prometheus",
  module: new URL("./", import.meta.url),
  package: "github.com/prometheus/prometheus/cmd/prometheus",
  // What finds targets in clouds, most of what it is made of.
  tags: ["remove_all_sd"],
};

/** What it scrapes and evaluates, every so many seconds. */
export interface PrometheusSetup {
  /** As `host:port`, each with /metrics. */
  readonly targets: readonly string[];
  readonly rules: readonly unknown[];
  readonly seconds: number;
}

const startMilliseconds = 60_000;
const alerts = v.object({
  data: v.object({
    alerts: v.array(v.object({ labels: v.record(v.string(), v.string()), state: v.string() })),
  }),
});
const series = v.object({
  metric: v.record(v.string(), v.string()),
  /** Seconds since 1970, and the value as text. */
  values: v.array(v.tuple([v.number(), v.string()])),
});
const ranged = v.object({ data: v.object({ result: v.array(series) }) });

/** What an expression gave over some time, by its labels. */
export type Series = v.InferOutput<typeof series>;

/** A Prometheus that runs here, on loopback, and keeps its data in a directory of its own. */
export class Prometheus implements AsyncDisposable {
  readonly #directory: string;
  readonly #server: ServerProcess;
  readonly #url: string;

  private constructor(directory: string, server: ServerProcess, url: string) {
    this.#directory = directory;
    this.#server = server;
    this.#url = url;
  }

  /** Starts it and waits until it answers. */
  static async start(binary: string, { targets, rules, seconds }: PrometheusSetup): Promise<Prometheus> {
    const directory = await Deno.makeTempDir({ prefix: "prometheus-" });
    // JSON is YAML.
    await Deno.writeTextFile(
      `${directory}/rules.yaml`,
      JSON.stringify({ groups: [{ name: "rules", rules }] }),
    );
    await Deno.writeTextFile(
      `${directory}/prometheus.yaml`,
      JSON.stringify({
        global: { scrape_interval: `${seconds}s`, evaluation_interval: `${seconds}s` },
        rule_files: ["rules.yaml"],
        scrape_configs: [{ job_name: "dramemory", honor_labels: true, static_configs: [{ targets }] }],
      }),
    );
    const address = `127.0.0.1:${freePort()}`;
    const server = ServerProcess.start("prometheus", directory, binary, [
      "--config.file=prometheus.yaml",
      "--storage.tsdb.path=data",
      `--web.listen-address=${address}`,
    ]);
    const prometheus = new Prometheus(directory, server, `http://${address}`);
    await eventually("Prometheus to answer", startMilliseconds, async () => {
      server.checkRunning();
      return await prometheus.#isReady();
    });
    return prometheus;
  }

  /** The labels of the alerts that fire now. */
  async firing(): Promise<Readonly<Record<string, string>>[]> {
    const { data } = v.parse(alerts, await this.#get("/api/v1/alerts"));
    return data.alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels);
  }

  /** The series of an expression from a time on until now, a sample every so many seconds. */
  async range(expression: string, start: Date, seconds: number): Promise<Series[]> {
    const query = new URLSearchParams({
      query: expression,
      start: start.toISOString(),
      end: new Date().toISOString(),
      step: `${seconds}s`,
    });
    return v.parse(ranged, await this.#get(`/api/v1/query_range?${query}`)).data.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot ask Prometheus: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  async #isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.#url}/-/ready`);
      await response.body?.cancel();
      return response.ok;
    } catch (error) {
      if (error instanceof TypeError) return false; // not yet listening
      throw error;
    }
  }
}
