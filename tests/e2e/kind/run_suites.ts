/** `deno task test-e2e-kind-mem` and `-hp`: end-to-end suites in the kind cluster, those that are named. */
import { fileURLToPath } from "node:url";
import { kubeconfigFile, restartCommand } from "./cluster.ts";
import { kindTask } from "./task.ts";
import { KindError } from "./tools.ts";

const limitMilliseconds = 30 * 60_000;

await kindTask(async () => {
  await using kubeconfig = await kubeconfigFile();
  const suites = Deno.args.map((name) => fileURLToPath(new URL(`../${name}.e2e.ts`, import.meta.url)));
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...suites],
    env: {
      KUBECONFIG: kubeconfig.path,
      E2E_RESTART_KUBELET: restartCommand("kubelet"),
      E2E_RESTART_CONTAINERD: restartCommand("containerd"),
    },
    stdin: "null",
    signal: AbortSignal.timeout(limitMilliseconds),
  }).spawn().status;
  if (!success) throw new KindError("Some suites failed");
});
