import assert from "node:assert/strict";
import { parseProvisionDocument } from "../../../../adapters/operations/provision_document/parse_document.ts";
import { provisionUnit } from "../../../../adapters/operations/provision_document/provision_unit.ts";
import { kubernetesServices } from "../../../../adapters/operations/runtimes/distributions.ts";
import { provisionOf } from "../../../core/operations/setup_hugepages/provision.ts";

const provision = provisionOf(["2m", 512n], ["1g", 4n, 1]);
const unit = provisionUnit(provision, "/opt/my tools/100%/$dramemory", kubernetesServices);

Deno.test("the unit carries the document", () => {
  const [, text = ""] = /^StandardInputText=(.*)$/m.exec(unit) ?? [];
  const { name, pages } = parseProvisionDocument(text);
  assert.equal(name, "sample");
  assert.deepEqual(pages.map(({ pageSize, count, numaNode }) => [pageSize, count, numaNode]), [
    [2n ** 21n, 512n, undefined],
    [2n ** 30n, 4n, 1],
  ]);
});

Deno.test("the executable's path means nothing to systemd", () => {
  assert.match(unit, /^ExecStart="\/opt\/my tools\/100%%\/\$\$dramemory" setup-hugepages -$/m);
});

Deno.test("the pages are there before any kubelet counts them, that of k3s, RKE2, k0s and MicroK8s too", () => {
  const [, before = ""] = /^Before=(.*)$/m.exec(unit) ?? [];
  assert.deepEqual(
    before.split(" "),
    [
      ...["kubelet", "containerd", "crio", "rke2-server", "rke2-agent", "k3s", "k3s-agent"],
      ...["k0sworker", "k0scontroller", "snap.microk8s.daemon-containerd", "snap.microk8s.daemon-kubelite"],
    ].map((service) => `${service}.service`),
  );
});

const analyze = await findSystemdAnalyze();
const title = "systemd finds nothing wrong with the unit";

Deno.test({
  name: analyze === undefined ? `${title} (skipped: there is no systemd-analyze)` : title,
  ignore: analyze === undefined,
  fn: async () => {
    const directory = await Deno.makeTempDir();
    try {
      const path = `${directory}/dramemory-hugepages.service`;
      // It wants the executable to be there.
      await Deno.writeTextFile(path, provisionUnit(provision, Deno.execPath(), kubernetesServices));
      const { stderr } = await new Deno.Command("systemd-analyze", { args: ["verify", path] }).output();
      const complaints = new TextDecoder().decode(stderr).split("\n").filter((line) =>
        line.includes("dramemory")
      );
      assert.deepEqual(complaints, []);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

async function findSystemdAnalyze(): Promise<string | undefined> {
  try {
    const { success } = await new Deno.Command("systemd-analyze", { args: ["--version"] }).output();
    return success ? "systemd-analyze" : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
