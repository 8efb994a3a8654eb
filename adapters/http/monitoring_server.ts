import type { Readiness } from "../../core/readiness.ts";

/** An address that cannot be listened on. */
export class ListenAddressError extends Error {
  override name = "ListenAddressError";
}

/** Serves `/healthz` and `/readyz` to the kubelet's probes. */
export class MonitoringServer {
  readonly #readiness: Readiness;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;

  constructor(readiness: Readiness) {
    this.#readiness = readiness;
  }

  /** Listens on `host:port`, port 0 for a free one, and returns the port. Throws {@link ListenAddressError}. */
  start(address: string): number {
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(address) ?? [];
    if (port === undefined) {
      throw new ListenAddressError(
        `Cannot listen on ${JSON.stringify(address)} (write it as 127.0.0.1:9177)`,
      );
    }
    try {
      const hostname = bracketed ?? (plain || "0.0.0.0");
      this.#server = Deno.serve(
        { hostname, port: Number(port), onListen: () => {} },
        (request) => this.#answer(new URL(request.url).pathname),
      );
      return this.#server.addr.port;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ListenAddressError(`Cannot listen on ${address}: ${reason} (see --bind-address)`, { cause });
    }
  }

  async stop(): Promise<void> {
    await this.#server?.shutdown();
    this.#server = undefined;
  }

  #answer(path: string): Response {
    switch (path) {
      case "/healthz":
        return text(200, "ok");
      case "/readyz": {
        const missing = [...this.#readiness.missing].map(([part, why]) => `${part}: ${why}`);
        return missing.length === 0 ? text(200, "ok") : text(503, missing.join("\n"));
      }
      default:
        return text(404, "There are /healthz and /readyz.");
    }
  }
}

function text(status: number, body: string): Response {
  return new Response(`${body}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
