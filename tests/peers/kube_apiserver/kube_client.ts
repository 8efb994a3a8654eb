/** The API server refused a request. */
export class KubeError extends Error {
  override name = "KubeError";
  constructor(readonly status: number, request: string, text: string) {
    super(`Cannot ${request}: ${status} ${text}`);
  }
}

const requestMilliseconds = 20_000;

/** The least of a client: JSON in, JSON out, with a token over TLS. */
export class KubeClient implements Disposable {
  readonly #client: Deno.HttpClient;

  constructor(readonly url: string, readonly token: string, authority: string) {
    this.#client = Deno.createHttpClient({ caCerts: [authority] });
  }

  /** Sends a request and resolves to the answer. Rejects with {@link KubeError}. */
  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      client: this.#client,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(requestMilliseconds),
    });
    const text = await response.text();
    if (!response.ok) throw new KubeError(response.status, `${method} ${path}`, text);
    return text.startsWith("{") ? JSON.parse(text) : text;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
