import type { Readiness } from "../../../../core/events/readiness.ts";
import { expositionType } from "../metrics/exposition.ts";
import { LoopHealth } from "../../../shared/async/loop_health.ts";
import { type Answer, text } from "../../../shared/http/answer.ts";
import { HttpServer } from "../../../shared/http/http_server.ts";
import { osReason } from "../../../shared/files/os_reason.ts";
import { OperatorError } from "../../../../core/values/operator_error.ts";

/** Serves `/healthz` and `/readyz` to the kubelet's probes and `/metrics` to Prometheus. */
export class MonitoringServer {
  readonly #readiness: Readiness;
  readonly #loops: LoopHealth;
  readonly #renderMetrics: () => string;
  #rendered = { text: "", until: -Infinity };
  readonly #server = new HttpServer((path) => this.#answer(path));

  /** `renderMetrics` gives the metrics in Prometheus's text format; it is called for each scrape. */
  constructor(
    readiness: Readiness,
    loops = new LoopHealth(() => performance.now()),
    renderMetrics: () => string = () => "",
  ) {
    this.#readiness = readiness;
    this.#loops = loops;
    this.#renderMetrics = renderMetrics;
  }

  /** Listens on `host:port`, port 0 for a free one, and returns the port. Throws {@link OperatorError}. */
  start(address: string): number {
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(address) ?? [];
    if (port === undefined) {
      throw new OperatorError(
        `Cannot listen on ${JSON.stringify(address)} (write it as 127.0.0.1:9177)`,
      );
    }
    try {
      return this.#server.start(bracketed ?? (plain || "0.0.0.0"), Number(port));
    } catch (cause) {
      throw new OperatorError(`Cannot listen on ${address}: ${osReason(cause)} (see --bind-address)`, {
        cause,
      });
    }
  }

  /** Resolves when the port and every connection are closed; clients cannot hold it up. */
  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** Rendering takes a tenth of the time at most, however often it is asked for: the rest answers with the last text. */
  #metrics(): string {
    const start = performance.now();
    if (start < this.#rendered.until) return this.#rendered.text;
    const text = this.#renderMetrics();
    const end = performance.now();
    this.#rendered = { text, until: end + 9 * (end - start) };
    return text;
  }

  #answer(path: string): Answer {
    switch (path) {
      case "/healthz":
        return verdict(
          this.#loops.stuck.map(({ name, silentMilliseconds }) =>
            `${name}: stuck, no turn for ${Math.floor(silentMilliseconds / 1000)} seconds`
          ),
        );
      case "/readyz":
        return verdict([...this.#readiness.missing].map(([part, why]) => `${part}: ${why}`));
      case "/metrics":
        return { status: 200, contentType: expositionType, body: this.#metrics() };
      default:
        return text(404, "There are /healthz, /readyz and /metrics.");
    }
  }
}

/** Fine when there is nothing to complain of. */
function verdict(complaints: readonly string[]): Answer {
  return complaints.length === 0 ? text(200, "ok") : text(503, complaints.join("\n"));
}
