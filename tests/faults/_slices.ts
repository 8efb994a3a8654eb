import { resourceSlices } from "../../adapters/simulator/api_server/resources.ts";
import type { ResourceSliceSpec } from "../../core/devices/resource_slice.ts";
import type { TestedNode } from "./tested_node.ts";

interface Slice {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: ResourceSliceSpec;
}

/** The slices at the API server. */
export function slicesOn({ cluster }: TestedNode): Promise<Slice[]> {
  return cluster.client.list<Slice>("/apis/resource.k8s.io/v1/resourceslices");
}

/** The devices that a scheduler may use, with their sizes: those of complete pools, at the newest generation. */
export async function devicesOn(node: TestedNode): Promise<Record<string, string>> {
  const devices: [string, string][] = [];
  for (const [, slices] of Map.groupBy(await slicesOn(node), ({ spec }) => spec.pool.name)) {
    const generation = Math.max(...slices.map(({ spec }) => spec.pool.generation));
    const newest = slices.filter(({ spec }) => spec.pool.generation === generation);
    if (newest.some(({ spec }) => spec.pool.resourceSliceCount !== newest.length)) continue;
    for (const { name, capacity } of newest.flatMap(({ spec }) => spec.devices)) {
      devices.push([name, capacity["size"]?.value ?? ""]);
    }
  }
  return Object.fromEntries(devices.sort());
}

/** Removes all slices, behind the API. */
export function removeSlices({ cluster: { api: { store } } }: TestedNode): void {
  for (const { metadata: { name } } of store.list(resourceSlices)) store.remove(resourceSlices, { name });
}

/** The requests for slices since there were so many in all, by method; watches are left out. */
export function sliceRequests({ cluster: { api } }: TestedNode, since = 0): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { method, path, query } of api.requests.slice(since)) {
    if (!path.includes("/resourceslices") || query.get("watch") === "true") continue;
    counts.set(method, (counts.get(method) ?? 0) + 1);
  }
  return counts;
}
