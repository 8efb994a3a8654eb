/**
 * Serves the sockets of the kubelet and the runtime as the driver does, and answers everything at once: what is left
 * of the driver's figures without the driver. Reads no cluster and writes nothing down.
 */
import { parseArgs } from "node:util";
import { KubeletPlugin } from "../../../adapters/driver/kubelet/kubelet_plugin.ts";
import { socketPaths } from "../../../adapters/driver/kubelet/socket_path.ts";
import { NriPlugin } from "../../../adapters/driver/nri/nri_plugin.ts";
import { runtimeSocket } from "../../../adapters/driver/nri/runtime_link.ts";
import { Backoff } from "../../../adapters/shared/async/backoff.ts";
import { driverName } from "../../../core/values/driver.ts";
import type { ContainerService } from "../../../core/ports/container_service.ts";
import type { DraService } from "../../../core/ports/dra_service.ts";

const { values } = parseArgs({ strict: false, allowPositionals: true });
const kubeletRoot = String(values["kubelet-root"]), nriSocket = String(values["nri-socket"]);

const service: DraService = {
  prepare: (claims) =>
    Promise.resolve(new Map(claims.map(({ uid }) => [uid, { kind: "prepared", devices: [] }]))),
  unprepare: (claims) => Promise.resolve(new Map(claims.map(({ uid }) => [uid, { kind: "unprepared" }]))),
};

const containers: ContainerService = {
  adjust: () => ({ kind: "unclaimed" }),
  unclaimed: () => ({ kind: "unclaimed" }),
  update: () => ({ kind: "unclaimed" }),
  synchronize: () => Promise.resolve(new Map()),
  removed: () => Promise.resolve(),
  sandboxRemoved: () => {},
};

const kubelet = new KubeletPlugin({
  driver: driverName,
  paths: socketPaths({ kubeletRoot, driver: driverName }),
  service,
  observer: {
    onRegistered: () => {},
    onRefused: console.error,
    onError: console.error,
    onThrown: console.error,
    onLook: () => {},
    onConnection: () => {},
  },
});
const runtime = new NriPlugin(
  { link: runtimeSocket(nriSocket), name: "floor", index: "90", failClosed: false },
  containers,
  { emit: () => {} },
  new Backoff(100, 30_000, Math.random),
);

await kubelet.start();
runtime.start();
const told = Promise.withResolvers<void>();
Deno.addSignalListener("SIGTERM", told.resolve);
await told.promise;
Deno.removeSignalListener("SIGTERM", told.resolve);
await Promise.all([kubelet.stop(), runtime.stop()]);
