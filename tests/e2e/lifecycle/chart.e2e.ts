/** The chart's whole life, on a cluster whose driver is taken away for it and put back afterwards. */
import assert from "node:assert/strict";
import type { DaemonSet as V1DaemonSet } from "kubernetes-types/apps/v1";
import { fileURLToPath } from "node:url";
import { requirePeer } from "../../peers/go.ts";
import { chart, HelmError, helmProgram, runHelm, type Values } from "../../peers/helm/helm.ts";
import { devicesOf } from "../cluster/devices.ts";
import { deployDriver, driverGone, driverReady, removeDriver } from "../cluster/driver.ts";
import { nodeShell, onNode } from "../cluster/node.ts";
import { withTemplate } from "../cluster/objects.ts";
import { clusterTest, step } from "../cluster/suite.ts";
import { waitFor } from "../cluster/wait.ts";

const namespace = "kube-system";
const bytes = 4 * 2 ** 20;
const mapping = { bytes, page: "2m" } as const;
const stuckSeconds = 60;

clusterTest(
  "the chart is installed, tested, upgraded, rolled back and uninstalled, and nothing is left on the node",
  {
    needs: async (api) => nodeShell() === undefined ? undefined : await devicesOf(api, "hugepages-2m", bytes),
    run: async ({ api, namespace: own }, [{ numaNode }]) => {
      const helm = await requirePeer(helmProgram);
      const run = (args: readonly string[], values?: Values) =>
        runHelm(helm, [...args, `--namespace=${namespace}`], values);
      const path = fileURLToPath(chart);
      const upgrade = (values: Values) =>
        run(["upgrade", "dramemory", path, "--reset-then-reuse-values"], values);
      const driverArgs = async () => {
        const { spec } = await api.get<V1DaemonSet>(
          `/apis/apps/v1/namespaces/${namespace}/daemonsets/dramemory`,
        );
        return spec?.template.spec?.containers[0]?.args ?? [];
      };
      const revision = async () =>
        (await run(["history", "dramemory"])).trim().split("\n").at(-1)?.split(/\s+/)[0];
      const refused = (attempt: Promise<string>, message: RegExp) =>
        assert.rejects(attempt, (error) => error instanceof HelmError && message.test(error.message));

      await removeDriver(api);
      try {
        step("install");
        assert.match(
          await run(["install", "dramemory", path], { driver: { logLevel: 4 } }),
          /helm test dramemory -n kube-system --logs/,
        );
        await driverReady(api);

        step("test");
        const tested = await run(["test", "dramemory", "--logs", "--timeout=110s"]);
        assert.match(tested, /^a page of 2Mi .* OK$/m);
        assert.match(tested, /Phase: +Succeeded/);

        step("upgrade, which keeps what was set, and pods their pages");
        await own.createTemplate("pages", { resource: "hugepages-2m", bytes, numaNode });
        await own.createPod("stays", withTemplate("pages", mapping, { stays: true }));
        await own.running("stays");
        await upgrade({ driver: { logFormat: "json" } });
        await driverReady(api);
        for (const arg of ["-v=4", "--log-format=json"]) assert.ok((await driverArgs()).includes(arg), arg);

        step("rollback");
        await run(["rollback", "dramemory"]);
        await driverReady(api);
        for (const arg of ["-v=4", "--log-format=text"]) assert.ok((await driverArgs()).includes(arg), arg);
        await own.running("stays");
        assert.deepEqual(await own.memoryOf("stays"), { [numaNode]: bytes });

        step("wrong values, which change nothing");
        const before = await revision();
        await refused(upgrade({ driver: { reservedMemory: "1Gi" } }), /reservedMemory/);
        await refused(upgrade({ driver: { extraArgs: ["--cdi-dir=/tmp"] } }), /set paths\.cdi/);
        assert.equal(await revision(), before);

        step(
          "an image that there is none: the driver that is there goes on, until the upgrade is rolled back",
        );
        await upgrade({ image: { tag: "none" } });
        await waitFor("the new instance not to start", stuckSeconds, async () => {
          const selector = new URLSearchParams({ labelSelector: "app.kubernetes.io/name=dramemory" });
          const pods = await api.list<Pod>(`/api/v1/namespaces/${namespace}/pods?${selector}`);
          const reasons = pods.map(({ status }) =>
            status.containerStatuses?.[0]?.state?.waiting?.reason ?? "runs"
          );
          return reasons.includes("runs") && reasons.some((reason) => /ImagePull/.test(reason))
            ? { value: undefined }
            : { missing: reasons.join(", ") };
        });
        await own.createPod("meanwhile", withTemplate("pages", mapping));
        assert.equal(await own.ended("meanwhile"), "Succeeded");
        await run(["rollback", "dramemory"]);
        await driverReady(api);

        step("a second release, which is refused with the name of the first");
        await refused(run(["install", "second", path]), /as release dramemory in namespace kube-system/);

        step("cleanup while a pod has a claim, which removes nothing");
        await assert.rejects(onNode("dramemory cleanup"), /driver|pod/);
        await own.running("stays");

        step("uninstall");
        for (const pod of ["stays", "meanwhile"]) {
          await own.deletePod(pod);
          await own.gone(pod);
        }
        await run(["uninstall", "dramemory"]);
        await driverGone(api);

        step("cleanup");
        assert.match(await onNode("dramemory cleanup --dry-run"), /^Would remove \/run\/dramemory$/m);
        assert.match(await onNode("dramemory cleanup"), /^Removed \/run\/dramemory$/m);
        const left = "ls -d /var/run/cdi/dra.memory* /var/lib/kubelet/plugins/dra.memory " +
          "/var/lib/kubelet/plugins_registry/dra.memory* /run/dramemory 2>/dev/null || true";
        assert.equal(await onNode(left), "");
      } finally {
        await runHelm(helm, ["uninstall", "dramemory", `--namespace=${namespace}`, "--ignore-not-found"]);
        await deployDriver(api);
        await driverReady(api);
      }
    },
  },
);

interface Pod {
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string } };
    }[];
  };
}
