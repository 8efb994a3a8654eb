import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import type { Api } from "./cluster/api.ts";
import { claim, pod, request } from "./cluster/pending_objects.ts";
import { withBrokenDriver, withoutDriver } from "./cluster/driver.ts";
import { nodeShell, onNode } from "./cluster/node.ts";
import type { SuiteContext } from "./cluster/suite.ts";
import { waitFor } from "./cluster/wait.ts";
import { createAll, type Way, wayTest } from "./cluster/way.ts";

/** Ways in which a pod has a node, and does not run there: the driver, the kubelet or the runtime is in the way. */
const objects = [claim("c", [request("pages", "hugepages-2m", "4Mi")]), pod("p")];
const restarting = [
  claim("c", [request("pages", "hugepages-2m", "4Mi")]),
  pod("p", { restartPolicy: "Always" }),
];
const most = [claim("c", [request("pages", "hugepages-2m", "200Mi")]), pod("p")];

/** It has its claim, and does not run. */
const withoutImage = [
  claim("c", [request("pages", "hugepages-2m", "4Mi")]),
  pod("p", {
    containers: [{ name: "main", image: "nowhere.test/x:1", resources: { claims: [{ name: "c" }] } }],
  }),
];

const bindSeconds = 60;
const slicesGoneSeconds = 90;

const possible = () => Promise.resolve(nodeShell() !== undefined);

/** CRI-O as it can be built starts containers without its plugins. */
async function possibleWithContainerd(api: Api): Promise<boolean> {
  const nodes = await api.list<{ status: { nodeInfo: { containerRuntimeVersion: string } } }>(
    "/api/v1/nodes",
  );
  return await possible() &&
    nodes.every(({ status }) => status.nodeInfo.containerRuntimeVersion.startsWith("containerd"));
}

/** Waits until the scheduler has given the pod a node. */
async function bound({ api, namespace }: SuiteContext): Promise<string> {
  return await waitFor("the pod to be bound", bindSeconds, async () => {
    const { spec, status } = await api.get<V1Pod>(`/api/v1/namespaces/${namespace.name}/pods/p`);
    return spec?.nodeName === undefined
      ? { missing: status?.conditions?.map(({ message }) => message).join("; ") ?? "nothing is said" }
      : { value: spec.nodeName };
  });
}

/** Waits until the kubelet has taken the node's slices away. */
async function slicesGone({ api }: SuiteContext): Promise<void> {
  await waitFor("the slices to go", slicesGoneSeconds, async () => {
    const { length } = await api.list("/apis/resource.k8s.io/v1/resourceslices");
    return length === 0 ? { value: undefined } : { missing: `${length} slices` };
  });
}

/** Ends the pod's container on the node, so that the kubelet makes it anew. */
const endContainer = "crictl stop -t 0 $(crictl ps -q --name main)";

const ways: Record<string, Way> = {
  "the kubelet says why": {
    objects,
    around: ({ api }, action) => withoutDriver(api, action),
  },
  "the driver does not run on the node": {
    objects: [],
    around: (context, action) =>
      withoutDriver(context.api, async () => {
        await slicesGone(context);
        await createAll(context, objects);
        await action();
      }),
  },
  "the driver's pod is not ready": {
    objects,
    around: ({ api }, action) => withBrokenDriver(api, action),
  },
  "the driver went after the claim was allocated": {
    objects: [],
    around: async (context, action) => {
      await createAll(context, withoutImage);
      await bound(context);
      await withoutDriver(context.api, async () => {
        await slicesGone(context);
        await action();
      });
    },
  },
  "the runtime starts nothing without the driver": {
    possible: possibleWithContainerd,
    objects: [],
    around: async (context, action) => {
      await createAll(context, restarting);
      await context.namespace.running("p");
      await withoutDriver(context.api, async () => {
        await onNode(endContainer);
        await action();
      });
    },
  },
  "the claim's file on the node is gone or damaged": {
    possible,
    objects: [],
    around: async (context, action) => {
      await createAll(context, restarting);
      await context.namespace.running("p");
      await onNode(`for f in /var/run/cdi/dra.memory-claim*; do echo garbage >$f; done; ${endContainer}`);
      await action();
    },
  },
  "something else has taken the pages": {
    possible,
    objects: most,
    around: async (_, action) => {
      const hog =
        "/lab/workload --bytes 251658240 --hugepages 2m --hold >/dev/null 2>&1 & echo $! >>/run/hogs";
      await onNode(`${hog}; ${hog}; sleep 5`);
      try {
        await action();
      } finally {
        await onNode("kill -9 $(cat /run/hogs); rm /run/hogs; sleep 1");
      }
    },
  },
  "the pool shrank after the claim was allocated": {
    possible,
    objects: [],
    around: async (context, action) => {
      const resized = (pages: number) =>
        onNode(
          `for n in 0 1; do echo ${pages} >/sys/devices/system/node/node$n/hugepages/hugepages-2048kB/nr_hugepages; done`,
        );
      try {
        await withoutDriver(context.api, async () => {
          await createAll(context, most);
          await bound(context);
          await resized(16);
        });
        await action();
      } finally {
        await resized(128);
      }
    },
  },
  "the node's kubelet is silent": {
    possible,
    objects: [],
    around: async (context, action) => {
      await onNode("kill -STOP $(pidof kubelet)");
      try {
        await createAll(context, objects);
        const path = `/api/v1/nodes/${await bound(context)}/status`;
        const { status } = await context.api.get<{ status: { conditions: { type: string }[] } }>(path);
        const conditions = status.conditions.map((condition) =>
          condition.type === "Ready" ? { ...condition, status: "Unknown" } : condition
        );
        await context.api.patch(path, { status: { conditions } });
        await action();
      } finally {
        await onNode("kill -CONT $(pidof kubelet)");
      }
    },
  },
  "the pod names its node itself": {
    objects: [],
    around: async (context, action) => {
      const [node] = await context.api.list<{ metadata: { name: string } }>("/api/v1/nodes");
      await createAll(context, [
        claim("c", [request("pages", "hugepages-2m", "4Mi")]),
        pod("p", { nodeName: node?.metadata.name }),
      ]);
      await action();
    },
  },
  "the image cannot be had": {
    objects: withoutImage,
  },
};

for (const [name, way] of Object.entries(ways)) wayTest(name, way);
