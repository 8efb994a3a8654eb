/** The built executable as the driver of a whole cluster, see README.md. */
import { taskOptions } from "../../tasks/task_options.ts";
import { GoError } from "../peers/go.ts";
import {
  kubernetes136,
  type KubernetesRelease,
  kubernetesReleases,
} from "../peers/kube_apiserver/binaries.ts";
import { type Cluster, startCluster } from "./cluster/cluster.ts";
import { runSuites, suiteFiles } from "./cluster/suites.ts";
import { LabError } from "./lab_error.ts";

const usage =
  "deno task lab:cluster [SUITE …] [--dramemory PATH] [--kubernetes VERSION] [--feature-gates NAME,…] " +
  "[--former-driver PATH] [--runtime crio] [--cgroup-manager systemd] [--hold]";
const { values, positionals } = taskOptions(usage, {
  options: {
    dramemory: { type: "string", default: "bin/dramemory" },
    kubernetes: { type: "string", default: kubernetes136.version },
    "feature-gates": { type: "string" },
    "former-driver": { type: "string" },
    runtime: { type: "string", default: "containerd" },
    "cgroup-manager": { type: "string", default: "cgroupfs" },
    hold: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

const interrupt = new AbortController();
// Without it what was started would go on for hours.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => interrupt.abort(new LabError("Interrupted")));
}

const logs = await Deno.makeTempDir({ prefix: "dramemory-lab-cluster-" });
let succeeded = false;
try {
  const suites = await suiteFiles(positionals);
  await using cluster = await startCluster({
    dramemory: values.dramemory,
    formerDriver: values["former-driver"],
    runtime: values.runtime,
    cgroupManager: values["cgroup-manager"],
    release: releaseOf(values.kubernetes, values["feature-gates"]?.split(",") ?? []),
    logs,
    interrupt: interrupt.signal,
  });
  if (values.hold) await hold(cluster);
  succeeded = values.hold || await runSuites(cluster, suites, interrupt.signal);
  if (!succeeded) await cluster.collect();
} catch (error) {
  if (!(error instanceof LabError || error instanceof GoError)) throw error;
  console.error(error.message);
} finally {
  const anything = (await Array.fromAsync(Deno.readDir(logs))).length > 0;
  if (succeeded || !anything) await Deno.remove(logs, { recursive: true });
  else console.error(`The logs of all programs are in ${logs}`);
}
Deno.exit(succeeded ? 0 : 1);

/** The release of a version, `1.37.2` or `1.37`, with more of its gates on than the driver needs. */
function releaseOf(version: string, gates: readonly string[]): KubernetesRelease {
  const release = kubernetesReleases.find((each) => `${each.version}.`.startsWith(`${version}.`));
  if (release !== undefined) return { ...release, featureGates: [...release.featureGates, ...gates] };
  const known = kubernetesReleases.map((each) => each.version).join(", ");
  throw new LabError(`Cannot run Kubernetes ${version}: there are ${known}`);
}

/** Leaves the cluster to a person until Control-C. */
async function hold({ kubeconfig, controlSocket }: Cluster): Promise<void> {
  console.log(
    `\nexport KUBECONFIG=${kubeconfig}\nThe node takes commands at ${controlSocket}\nControl-C ends it.`,
  );
  await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve));
}
