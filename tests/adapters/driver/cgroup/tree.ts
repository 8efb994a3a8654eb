import { withFiles } from "../sysfs/support.ts";

export const uid = "0c01e379-873c-488c-8f77-02fdeaf6711a";
export const otherUid = "1d12f480-873c-488c-8f77-02fdeaf6711a";

/** The hugetlb files of a cgroup for one size, as the kernel has them. */
export function hugetlbFiles(
  cgroup: string,
  size: string,
  { max, rsvdMax = max, current = "0", events = "0" }: {
    max: string;
    rsvdMax?: string;
    current?: string;
    events?: string;
  },
): Record<string, string> {
  const prefix = `${cgroup}/hugetlb.${size}`;
  return {
    [`${prefix}.max`]: `${max}\n`,
    [`${prefix}.rsvd.max`]: `${rsvdMax}\n`,
    [`${prefix}.current`]: `${current}\n`,
    [`${prefix}.rsvd.current`]: `${current}\n`,
    [`${prefix}.events`]: `max ${events}\n`,
  };
}

/** A kubelet's hierarchy with two pods, the first of which has a container that uses 8Mi of its 64Mi. */
export function kubeletTree(): Record<string, string> {
  const pod = `kubepods/burstable/pod${uid}`;
  return {
    "system.slice/ssh.service/hugetlb.2MB.max": "max\n",
    ...hugetlbFiles("kubepods", "2MB", { max: "max", current: "8388608" }),
    ...hugetlbFiles("kubepods", "1GB", { max: "9223372036854771712" }),
    ...hugetlbFiles("kubepods/burstable", "2MB", { max: "max", current: "8388608" }),
    ...hugetlbFiles(pod, "2MB", { max: "67108864", current: "8388608", events: "3" }),
    ...hugetlbFiles(pod, "1GB", { max: "0" }),
    ...hugetlbFiles(`${pod}/abc`, "2MB", { max: "67108864", current: "8388608", events: "3" }),
    ...hugetlbFiles(`${pod}/abc`, "1GB", { max: "0" }),
    ...hugetlbFiles(`${pod}/abc/inner`, "2MB", { max: "max" }),
    ...hugetlbFiles(`kubepods/pod${otherUid}`, "2MB", { max: "0" }),
    ...hugetlbFiles(`kubepods/pod${otherUid}`, "1GB", { max: "0" }),
  };
}

/** Runs an action on {@link kubeletTree}. */
export function withKubeletTree(action: (mount: string) => Promise<void>): Promise<void> {
  return withFiles(kubeletTree(), action);
}
