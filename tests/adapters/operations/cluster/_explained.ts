import { ClusterReader } from "../../../../adapters/operations/cluster/cluster_reader.ts";
import { readClusterState } from "../../../../adapters/operations/cluster/cluster_state.ts";
import { podSubject } from "../../../../adapters/operations/cluster/pod_subject.ts";
import { explain, type Explanation } from "../../../../core/operations/explain/explain.ts";
import { explainedText } from "../../../../cmd/explain/explain_text.ts";
import type { MemoryCluster } from "./memory_cluster.ts";

/** What `dramemory explain` says of a pod of a cluster in memory. */
export async function explained(
  cluster: MemoryCluster,
  name: string,
): Promise<{ readonly text: string; readonly explanation: Explanation }> {
  const reader = new ClusterReader(cluster);
  const pod = await reader.pod("default", name);
  if (pod === undefined) throw new Error(`there is no pod ${name}`);
  const subject = await podSubject(reader, pod);
  const { state, findings } = await readClusterState(reader);
  const whole = { ...subject, findings: [...subject.findings, ...findings] };
  const [found] = await explain([whole], state, () => reader.claims());
  if (found === undefined) throw new Error("nothing was explained");
  return { explanation: found.explanation, text: explainedText(found) };
}
