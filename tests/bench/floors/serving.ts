/**
 * Serves the sockets of the kubelet and the runtime as the driver does, and answers everything at once: what is left
 * of the driver's figures without the driver. Writes nothing down. In a pod it asks the API server for each claim and a
 * pod of the same name, one after the other, as a driver has to; where it is told of a kubeconfig it reads no cluster.
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

const look = values.kubeconfig === undefined ? looker() : undefined;
const service: DraService = {
  prepare: async (claims) => {
    for (const { namespace, name } of claims) {
      await look?.(`/apis/resource.k8s.io/v1/namespaces/${namespace}/resourceclaims/${name}`);
      await look?.(`/api/v1/namespaces/${namespace}/pods/${name}`);
    }
    return new Map(claims.map(({ uid }) => [uid, { kind: "prepared", devices: [] }]));
  },
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

/** Reads an object by the runtime's own means alone, as the pod's service account. */
function looker(): (path: string) => Promise<unknown> {
  const host = Deno.env.get("KUBERNETES_SERVICE_HOST"), port = Deno.env.get("KUBERNETES_SERVICE_PORT");
  const account = "/var/run/secrets/kubernetes.io/serviceaccount";
  const client = Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(`${account}/ca.crt`)] });
  const headers = { authorization: `Bearer ${Deno.readTextFileSync(`${account}/token`)}` };
  return async (path) => await (await fetch(`https://${host}:${port}${path}`, { client, headers })).json();
}
