import type { DaemonSet as V1DaemonSet } from "kubernetes-types/apps/v1";
import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import { objectsIn } from "../../deploy/manifests.ts";
import { collectionOf } from "../../peers/kube_apiserver/manifests.ts";
import type { Api } from "./api.ts";
import { publishedDevices } from "./devices.ts";
import { type Answer, waitFor } from "./wait.ts";

const namespace = Deno.env.get("E2E_DRIVER_NAMESPACE") ?? "kube-system";
const daemonSet = `/apis/apps/v1/namespaces/${namespace}/daemonsets/dramemory`;
const pods = `/api/v1/namespaces/${namespace}/pods`;
const label = "app.kubernetes.io/name=dramemory";

const rolloutSeconds = 180;
/** The kubelet waits half a minute for a driver to come back. */
const goneSeconds = 120;

/** Applies the plain manifests of `deploy/`. */
export async function deployDriver(api: Api): Promise<void> {
  for (const object of await objectsIn(new URL("../../../deploy/manifests/", import.meta.url))) {
    await api.apply(`${collectionOf(object)}/${object.metadata.name}`, object);
  }
}

/** Takes back what {@link deployDriver} applied, and waits until its pods and slices are gone. */
export async function removeDriver(api: Api): Promise<void> {
  for (const object of await objectsIn(new URL("../../../deploy/manifests/", import.meta.url))) {
    await api.delete(`${collectionOf(object)}/${object.metadata.name}`);
  }
  await driverGone(api);
}

/** Waits until no driver's pod is there, nor a slice: the kubelet deletes those of a driver that is gone. */
export async function driverGone(api: Api): Promise<void> {
  await waitFor("the driver to be gone", goneSeconds, async () => {
    const pods = (await driverPods(api)).length;
    const devices = (await publishedDevices(api)).length;
    return pods + devices === 0 ? { value: undefined } : { missing: `${pods} pods, ${devices} devices` };
  });
}

/** Ends the driver on each node, as a failure would; its DaemonSet starts it again. */
export async function endDriver(api: Api): Promise<void> {
  for (const { metadata } of await driverPods(api)) {
    await api.delete(`${pods}/${metadata?.name}?gracePeriodSeconds=0`);
  }
}

/** Takes the driver away from all nodes for as long as something is done, and waits until it is back. */
export async function withoutDriver(api: Api, action: () => Promise<void>): Promise<void> {
  const selecting = (value: string | null) =>
    api.patch(daemonSet, {
      spec: { template: { spec: { nodeSelector: { "dramemory.test/none": value } } } },
    });
  await selecting("none");
  try {
    await waitFor("the driver to go", rolloutSeconds, async () => {
      const { length } = await driverPods(api);
      return length === 0 ? { value: undefined } : { missing: `${length} pods` };
    });
    await action();
  } finally {
    await selecting(null);
    await driverReady(api);
  }
}

/** Has the DaemonSet start pods of an image that is nowhere, for as long as something is done. */
export async function withBrokenDriver(api: Api, action: () => Promise<void>): Promise<void> {
  const { spec } = await api.get<V1DaemonSet>(daemonSet);
  const [container] = spec?.template.spec?.containers ?? [];
  const image = (image: string | undefined) =>
    api.patch(daemonSet, {
      spec: { template: { spec: { containers: [{ ...container, image }] } } },
    });
  await image("nowhere.test/dramemory:1");
  try {
    await endDriver(api);
    await action();
  } finally {
    await image(container?.image);
    await driverReady(api);
  }
}

/** Has the DaemonSet replace the driver on each node, as an upgrade to another image does. */
export async function upgradeDriver(api: Api): Promise<void> {
  const annotations = { "dramemory.test/upgraded": new Date().toISOString() };
  await api.patch(daemonSet, { spec: { template: { metadata: { annotations } } } });
}

/** Waits until the newest driver is ready on each node and older ones are gone. */
export async function driverReady(api: Api): Promise<void> {
  await waitFor("the driver on all nodes", rolloutSeconds, () => whetherDriverReady(api));
}

/** What {@link driverReady} waits for. */
export async function whetherDriverReady(api: Api): Promise<Answer<true>> {
  const { metadata, status } = await api.get<V1DaemonSet>(daemonSet);
  const wanted = status?.desiredNumberScheduled ?? 0;
  const present = (await driverPods(api)).length;
  const ready = status?.observedGeneration === metadata?.generation && wanted > 0 &&
    status?.updatedNumberScheduled === wanted && status?.numberReady === wanted && present === wanted;
  return ready ? { value: true } : { missing: `${status?.numberReady} of ${wanted} ready, ${present} pods` };
}

function driverPods(api: Api): Promise<V1Pod[]> {
  return api.list<V1Pod>(`${pods}?${new URLSearchParams({ labelSelector: label })}`);
}
