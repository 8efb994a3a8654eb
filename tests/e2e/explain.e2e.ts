import type { Node as V1Node } from "kubernetes-types/core/v1";
import type { Api } from "./cluster/api.ts";
import {
  type ApiObject,
  claim,
  container,
  holder,
  onNumaNode,
  pod,
  request,
  selecting,
  template,
} from "./cluster/pending_objects.ts";
import type { SuiteContext } from "./cluster/suite.ts";
import { type Way, wayTest } from "./cluster/way.ts";

/**
 * Ways in which the scheduler has no node for a pod, on a cluster whose one node has two NUMA nodes with 256Mi of
 * 2 MiB pages each and 1 GiB pages on one of them, as the lab's has.
 */
const page2m = "hugepages-2m", page1g = "hugepages-1g";
const pages = (size: string, rest?: ApiObject) => request("pages", page2m, size, rest);

/** The pod `p` with the claim `c`. */
function asking(requests: ApiObject[], devices?: ApiObject, spec?: ApiObject): ApiObject[] {
  return [claim("c", requests, devices), pod("p", spec)];
}

/** Changes the node for as long as something is done. */
function withNode(change: (node: string) => ApiObject, back: ApiObject): NonNullable<Way["around"]> {
  return async ({ api }: SuiteContext, action) => {
    const [node] = await api.list<V1Node>("/api/v1/nodes");
    const path = `/api/v1/nodes/${node?.metadata?.name}`;
    await api.patch(path, change(path));
    try {
      await action();
    } finally {
      await api.patch(path, back);
    }
  };
}

async function isSince(api: Api, wanted: number): Promise<boolean> {
  const { minor } = await api.get<{ minor: string }>("/version");
  return Number.parseInt(minor) >= wanted;
}

const taintRules = "/apis/resource.k8s.io/v1/devicetaintrules";
const gated = { schedulingGates: [{ name: "dramemory.test/quota" }] };

const ways: Record<string, Way> = {
  "more than any NUMA node has": { objects: asking([pages("64Gi")]) },
  "other claims hold too much": {
    objects: [
      ...holder("a", [pages("200Mi")]),
      ...holder("b", [pages("200Mi")]),
      ...asking([pages("200Mi")]),
    ],
  },
  "enough in all, but not on one NUMA node": {
    objects: [
      ...holder("a", [pages("150Mi")]),
      ...holder("b", [pages("150Mi")]),
      ...asking([pages("200Mi")]),
    ],
  },
  "count: 2 on a machine with one device": {
    objects: asking([request("pages", page1g, "1Gi", { count: 2 })]),
  },
  "the name of the capacity has the driver's domain": {
    possible: async (api) => !await isSince(api, 38),
    objects: asking([pages("4Mi", { capacity: { requests: { "dra.memory/size": "4Mi" } } })]),
  },
  "another capacity is asked for": {
    objects: asking([pages("4Mi", { capacity: { requests: { memory: "4Mi" } } })]),
  },
  "a selector that errs": {
    objects: asking([pages("4Mi", selecting(`device.attributes["dra.memory"].nothing == 1`))]),
  },
  "a selector that nothing satisfies": { objects: asking([pages("4Mi", onNumaNode(9))]) },
  "the class is missing": { objects: asking([request("pages", "hugepages-16g", "16Gi")]) },
  "the claim is missing": { objects: [pod("p")] },
  "the template is missing": { objects: [pod("p", {}, { resourceClaimTemplateName: "t" })] },
  "the claim cannot be made of its template": {
    objects: [
      {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "none" },
        spec: { hard: { "count/resourceclaims.resource.k8s.io": "0" } },
      },
      template("t", [pages("4Mi")]),
      pod("p", {}, { resourceClaimTemplateName: "t" }),
    ],
  },
  "the template was changed after the claim was made": {
    objects: [template("t", [pages("64Gi")]), pod("p", {}, { resourceClaimTemplateName: "t" })],
    then: async ({ api, namespace }) => {
      await namespace.told("p", /FailedScheduling: .*cannot allocate all claims/);
      const collection = `/apis/resource.k8s.io/v1/namespaces/${namespace.name}/resourceclaimtemplates`;
      await api.delete(`${collection}/t`);
      await api.create(collection, template("t", [pages("4Mi")]));
    },
  },
  "two pods share a claim": {
    objects: [claim("c", [pages("4Mi")]), pod("first")],
    then: async ({ api, namespace }) => {
      await namespace.running("first");
      await api.create(`/api/v1/namespaces/${namespace.name}/pods`, pod("p"));
    },
  },
  "two containers share a claim": {
    objects: asking([pages("4Mi")], {}, { containers: [container("main", ["c"]), container("side", ["c"])] }),
  },
  "the device is tainted": {
    possible: async (api) => await api.find(taintRules) !== undefined,
    objects: asking([pages("4Mi")]),
    around: async ({ api }, action) => {
      await api.create(taintRules, {
        apiVersion: "resource.k8s.io/v1",
        kind: "DeviceTaintRule",
        metadata: { name: "dramemory-e2e" },
        spec: {
          deviceSelector: { driver: "dra.memory" },
          taint: { key: "dramemory.test/maintenance", value: "yes", effect: "NoSchedule" },
        },
      } as ApiObject);
      try {
        await action();
      } finally {
        await api.delete(`${taintRules}/dramemory-e2e`);
      }
    },
  },
  "the node is tainted": {
    objects: asking([pages("4Mi")]),
    around: withNode(
      () => ({ spec: { taints: [{ key: "dedicated", value: "gpu", effect: "NoSchedule" }] } }),
      { spec: { taints: null } },
    ),
  },
  "the node is cordoned": {
    objects: asking([pages("4Mi")]),
    around: withNode(() => ({ spec: { unschedulable: true } }), { spec: { unschedulable: null } }),
  },
  "the pod's nodeSelector": { objects: asking([pages("4Mi")], {}, { nodeSelector: { disk: "fast" } }) },
  "the pod's node affinity": {
    objects: asking([pages("4Mi")], {}, {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "zone", operator: "In", values: ["x"] }] }],
          },
        },
      },
    }),
  },
  "matchAttribute cannot be had": {
    objects: asking([request("giant", page1g, "1Gi"), pages("4Mi", onNumaNode(0))], {
      constraints: [{ requests: ["giant", "pages"], matchAttribute: "resource.kubernetes.io/numaNode" }],
    }),
  },
  "several requests together are too much": {
    objects: asking(["a", "b", "c"].map((name) => request(name, page2m, "200Mi"))),
  },
  "no alternative of firstAvailable is there": {
    objects: asking([{
      name: "pages",
      firstAvailable: ["64Gi", "32Gi"].map((size, index) => ({
        name: `choice-${index}`,
        deviceClassName: "dra.hugepages-2m",
        capacity: { requests: { size } },
      })),
    }]),
  },
  "allocationMode: All while one device is full (1.37)": {
    possible: (api) => isSince(api, 37),
    objects: [
      ...holder("a", [pages("256Mi")]),
      ...asking([{ name: "pages", exactly: { deviceClassName: "dra.hugepages-2m", allocationMode: "All" } }]),
    ],
  },
  "more devices than a claim can have": { objects: asking([pages("2Mi", { count: 33 })]) },
  "scheduling gates": { objects: asking([pages("4Mi")], {}, gated) },
  "configuration that the driver does not know": {
    objects: asking([pages("4Mi")], { config: [{ opaque: { driver: "dra.memory", parameters: {} } }] }),
  },
  "the scheduler lacks something else": {
    objects: asking([pages("4Mi")], {}, {
      containers: [container("main", ["c"], { requests: { cpu: "640" } })],
    }),
  },
  "no scheduler looks at it": { objects: asking([pages("4Mi")], {}, { schedulerName: "nobody" }) },
};

for (const [name, way] of Object.entries(ways)) wayTest(name, way);
