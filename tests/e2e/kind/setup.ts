/** `deno task ci-kind-setup`: a kind cluster of its own with the driver, built and deployed from this checkout. */
import { Api } from "../cluster/api.ts";
import { deployDriver, driverReady } from "../cluster/driver.ts";
import { createCluster, kubeconfigFile, makeImages } from "./cluster.ts";
import { kindTask } from "./task.ts";

await kindTask(async () => {
  await makeImages();
  await createCluster();
  await using kubeconfig = await kubeconfigFile();
  using api = await Api.connect(kubeconfig.path);
  await deployDriver(api);
  await driverReady(api);
});
