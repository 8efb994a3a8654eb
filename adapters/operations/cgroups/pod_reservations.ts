import { join } from "node:path";
import type { PodUid } from "../../../core/values/ids.ts";
import type { HugepageReservation } from "../../../core/operations/ports/claimed_hugepages.ts";
import { subdirectories } from "../../driver/cgroup/subdirectories.ts";
import { readMems } from "../../driver/cgroup/container_memory.ts";
import { readHugetlbCounts } from "../../driver/cgroup/hugetlb_counts.ts";
import { podDirectories } from "../../driver/cgroup/pod_directories.ts";

/**
 * What the containers of pods have reserved of hugepages and not touched: `hugetlb.<size>.rsvd.current` counts what is
 * reserved, touched or not, and `current` what is in use (Documentation/admin-guide/cgroup-v2.rst, "HugeTLB").
 */
export async function podReservations(mount: string): Promise<HugepageReservation[]> {
  const reservations: HugepageReservation[] = [];
  for (const [pod, directory] of await podDirectories(mount)) {
    for (const name of await subdirectories(directory)) {
      reservations.push(...await reservationsOf(pod, join(directory, name)));
    }
  }
  return reservations;
}

async function reservationsOf(pod: PodUid, directory: string): Promise<HugepageReservation[]> {
  const untouched = (await readHugetlbCounts(directory)).flatMap((
    { pageSize, current = 0n, reserved = 0n },
  ) => reserved > current ? [{ pod, pageSize, bytes: reserved - current }] : []);
  if (untouched.length === 0) return [];
  const nodes = await readMems(directory);
  return untouched.map((each) => ({ ...each, nodes }));
}
