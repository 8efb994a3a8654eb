import { pods, resourceClaims } from "../../adapters/simulator/api_server/resources.ts";
import type { ObjectStore } from "../../adapters/simulator/api_server/object_store.ts";
import { poolName } from "../../core/devices/pool.ts";
import { driverName } from "../../core/values/driver.ts";
import type { RequestedClaim } from "../../core/ports/dra_service.ts";
import { parseResourceName } from "../../core/values/resource_name.ts";

/** A claim, and the pod of the same name that it is reserved for. */
export interface BenchClaim extends RequestedClaim {
  readonly podUid: string;
}

export const nodeName = "bench-node";
const namespace = "default";

/** One huge page of 2 MiB, or as much ordinary memory, in turn on both NUMA nodes. */
const devices = ["memory-numa0", "hugepages-2m-numa0", "memory-numa1", "hugepages-2m-numa1"];

/** The device that the claim of an index is for, and what it is a device of. */
function deviceOf(index: number): { device: string; resource: string } {
  const device = devices[index % devices.length] ?? "";
  return { device, resource: device.replace(/-numa\d+$/, "") };
}

/** What the claim of an index asks for. */
export function claimSpec(index: number) {
  const { resource } = deviceOf(index);
  return { devices: { requests: [{ name: "main", exactly: { deviceClassName: `dra.${resource}` } }] } };
}

/** The status of the claim of an index on a node, allocated and reserved for a pod. */
export function claimStatus(index: number, node: string, pod: { name: string; uid: string }) {
  const { device, resource } = deviceOf(index);
  return {
    allocation: {
      devices: {
        results: [{
          request: "main",
          driver: driverName,
          pool: poolName(node, parseResourceName(resource)),
          device,
          shareID: crypto.randomUUID(),
          consumedCapacity: { size: "2Mi" },
        }],
      },
      nodeSelector: {
        nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }],
      },
    },
    reservedFor: [{ resource: "pods", ...pod }],
  };
}

/** Makes a claim and its pod as large as they are in a cluster, allocated and reserved. */
export function createClaim(store: ObjectStore, index: number): BenchClaim {
  const name = `claim-${index}`;
  const pod = store.create(pods, { metadata: metadata(name, {}), ...podOf(name, nodeName) }, namespace);
  const claim = store.create(
    resourceClaims,
    {
      metadata: metadata(name, claimFields),
      spec: claimSpec(index),
    },
    namespace,
  );
  const status = claimStatus(index, nodeName, { name, uid: pod.metadata.uid });
  store.replace(resourceClaims, { namespace, name }, { ...claim, status }, true);
  return { namespace, name, uid: claim.metadata.uid, podUid: pod.metadata.uid };
}

/** Removes a claim and its pod. */
export function removeClaim(store: ObjectStore, { name }: RequestedClaim): void {
  store.remove(resourceClaims, { namespace, name });
  store.remove(pods, { namespace, name });
}

/** The fields that field managers keep, which are a good part of every object. */
function metadata(name: string, fields: Readonly<Record<string, object>>) {
  const managedFields = Object.entries(fields).map(([manager, fieldsV1]) => ({
    manager,
    operation: "Update",
    apiVersion: "v1",
    time: "2026-01-01T00:00:00Z",
    fieldsType: "FieldsV1",
    fieldsV1,
  }));
  return {
    name,
    labels: { "app.kubernetes.io/name": "bench", "pod-template-hash": "5d89bdfbf9" },
    managedFields,
  };
}

const claimFields = {
  "kube-controller-manager": { "f:spec": { "f:devices": { "f:requests": {} } } },
  "kube-scheduler": {
    "f:status": {
      "f:allocation": { "f:devices": { "f:results": {} }, "f:nodeSelector": {} },
      "f:reservedFor": { 'k:{"uid":"00000000-0000-4000-8000-000000000000"}': {} },
    },
  },
};

const conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

/**
 * A pod of one container as the API server has it after defaulting and scheduling.
 *
 * No larger than this: `Deno.serve` sends an answer of more than 1 KiB, compressed, over HTTP/2 in two pieces, the
 * second of which waits 40 ms for the kernel (Nagle's algorithm, which Go's servers turn off).
 */
export function podOf(name: string, nodeName: string) {
  const mount = {
    name: "kube-api-access",
    readOnly: true,
    mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
  };
  return {
    spec: {
      nodeName,
      containers: [{
        name: "app",
        image: "registry.example.com/team/application:1.2.3",
        env: Array.from(
          { length: 10 },
          (_, index) => ({ name: `SETTING_${index}`, value: `value ${index}` }),
        ),
        resources: {
          limits: { cpu: "2", memory: "1Gi" },
          requests: { cpu: "2", memory: "1Gi" },
          claims: [{ name: "mem" }],
        },
        volumeMounts: [mount],
        imagePullPolicy: "IfNotPresent",
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
      }],
      resourceClaims: [{ name: "mem", resourceClaimName: name }],
      volumes: [{ name: "kube-api-access", projected: { defaultMode: 420 } }],
      restartPolicy: "Always",
      dnsPolicy: "ClusterFirst",
      serviceAccountName: "default",
      schedulerName: "default-scheduler",
      tolerations: ["not-ready", "unreachable"].map((state) => ({
        key: `node.kubernetes.io/${state}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 300,
      })),
    },
    status: {
      phase: "Pending",
      conditions: conditions.map((type) => ({
        type,
        status: "True",
        lastTransitionTime: "2026-01-01T00:00:00Z",
      })),
    },
  };
}
