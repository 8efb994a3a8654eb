import { status } from "@grpc/grpc-js";
import { healthServices } from "../../protocols/kubelet/dra_versions.ts";
import type { DeviceHealth } from "../../protocols/kubelet/generated/dra_health.ts";
import { sleep } from "../../shared/async/sleep.ts";
import { frame } from "../../shared/deno_workarounds/grpc_frame.ts";
import { framesOf } from "../../shared/deno_workarounds/grpc_frames.ts";
import { GrpcCallError } from "../../shared/deno_workarounds/unix_grpc_client.ts";

/** The versions of the kubelet's health API; kubelets before 1.37 speak v1alpha1. */
export type HealthVersion = keyof typeof healthServices;

/** Between the end of a stream and the next attempt, as the kubelet has it. */
const redialMilliseconds = 5_000;

/**
 * The lists of devices that a driver sends, one after the other, over as many streams as it takes: one that ends or
 * cannot be had is dialed again. Ends when the signal aborts. Who reads slowly makes the driver wait.
 *
 * Resources are held until the reader gets to the end or breaks off.
 */
export async function* healthReports(
  endpoint: string,
  version: HealthVersion,
  signal: AbortSignal,
): AsyncGenerator<readonly DeviceHealth[]> {
  do {
    try {
      yield* reportsOfStream(endpoint, version, signal);
    } catch (error) {
      if (!(error instanceof GrpcCallError)) throw error;
    }
  } while (await sleep(redialMilliseconds, signal));
}

/** The lists of one stream. Throws {@link GrpcCallError} when it is refused or breaks. */
export async function* reportsOfStream(
  endpoint: string,
  version: HealthVersion,
  signal: AbortSignal,
): AsyncGenerator<readonly DeviceHealth[]> {
  const { path, requestSerialize, responseDeserialize } = healthServices[version].nodeWatchResources;
  using http = Deno.createHttpClient({
    proxy: { transport: "unix", path: endpoint },
    http1: false,
    http2: true,
  });
  try {
    const { headers, body } = await fetch(`http://localhost${path}`, {
      method: "POST",
      client: http,
      signal,
      headers: { "content-type": "application/grpc", te: "trailers" },
      body: frame(requestSerialize({})),
    });
    for await (const message of framesOf(body)) yield responseDeserialize(message).devices;
    const code = Number(headers.get("grpc-status") ?? status.OK);
    if (code !== status.OK) {
      throw new GrpcCallError(code, decodeURIComponent(headers.get("grpc-message") ?? ""));
    }
  } catch (cause) {
    if (cause instanceof GrpcCallError) throw cause;
    throw new GrpcCallError(status.UNAVAILABLE, `${endpoint} cannot be watched`, { cause });
  }
}
