import { onNode } from "./node.ts";
import { podCgroup } from "./pod_cgroup.ts";
import type { TestNamespace } from "./test_namespace.ts";

/** `hugetlb.2MB.max` and `.rsvd.max`, in bytes. */
type Limits = readonly [usage: number, reservation: number];

/** The limits of 2 MiB pages that the kernel has for a pod, as `pod`, and for each of its containers, by their names. */
export async function hugetlbLimits(
  namespace: TestNamespace,
  name: string,
): Promise<Readonly<Record<string, Limits>>> {
  const pod = (await namespace.pods()).find(({ metadata }) => metadata?.name === name);
  const directory = await podCgroup(pod);
  const limits: Record<string, Limits> = { pod: await limitsIn(directory) };
  for (const { name, containerID = "" } of pod?.status?.containerStatuses ?? []) {
    limits[name] = await limitsIn(await directoryOf(containerID, directory));
  }
  return limits;
}

/** `<id>` of containerd, `crio-<id>` of CRI-O, which has one for its monitor as well. */
async function directoryOf(containerId: string, pod: string): Promise<string> {
  const [, id = containerId] = containerId.split("://");
  const found = await onNode(`find ${pod} -maxdepth 1 -type d -name '*${id}' ! -name '*conmon*'`);
  return found.trim();
}

async function limitsIn(directory: string): Promise<Limits> {
  const files = ["max", "rsvd.max"].map((file) => `${directory}/hugetlb.2MB.${file}`);
  const [usage = Number.NaN, reservation = Number.NaN] = (await onNode(`cat ${files.join(" ")}`))
    .trim().split("\n").map(Number);
  return [usage, reservation];
}
