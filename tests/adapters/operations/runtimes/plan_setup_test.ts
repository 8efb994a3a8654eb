import assert from "node:assert/strict";
import { distributions } from "../../../../adapters/operations/runtimes/distributions.ts";
import type { FoundRuntime } from "../../../../adapters/operations/runtimes/find_runtime.ts";
import { planSetup } from "../../../../adapters/operations/runtimes/plan_setup.ts";
import { runtimes } from "../../../../adapters/operations/runtimes/runtimes.ts";
import { RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import { memoryFiles } from "../../shared/files/memory_files.ts";
import { editsOf, wishOf } from "./containerd/setup.ts";

/** The containerd of a distribution, at its usual place. */
function containerdOf(name: string): FoundRuntime {
  const distribution = distributions.find((each) => each.name === name);
  assert.ok(distribution);
  const { configuration, services, program } = distribution;
  return { kind: "found", runtime: runtimes.containerd, configuration, distribution, services, program };
}

/** What is written to a distribution's files, by containerd's version. */
async function edits(name: string, files: Record<string, string>, installed: string) {
  return editsOf(await planSetup(containerdOf(name), wishOf({ installed }), memoryFiles(files)));
}

const cri = 'plugins."io.containerd.cri.v1.runtime"', oldCri = 'plugins."io.containerd.grpc.v1.cri"';
const head = "# Settings for dramemory, written by `dramemory setup-runtime containerd`.\n\n";
const limits = (version: number, table: string) =>
  `${head}version = ${version}\n\n[${table}]\n  disable_hugetlb_controller = false\n`;

for (const [name, directory] of Object.entries({ k3s: "k3s", RKE2: "rke2" })) {
  const beside = `/var/lib/rancher/${directory}/agent/etc/containerd`;

  Deno.test(`${name} gets a drop-in in the directory that its main file imports`, async () => {
    const main = `version = 3\nimports = ["${beside}/config-v3.toml.d/*.toml"]\n`;
    assert.deepEqual(await edits(name, { [`${beside}/config.toml`]: main }, "2.1.5"), {
      [`${beside}/config-v3.toml.d/zz-dramemory.toml`]: limits(3, cri),
    });
  });

  Deno.test(`${name}'s main file is not edited, since it is made anew at each start: the template is told`, async () => {
    await assert.rejects(
      edits(name, { [`${beside}/config.toml`]: "version = 3\n" }, "2.1.5"),
      (error) =>
        error instanceof RuntimeConfigError &&
        /writes it anew at each start: put imports = .* above the first table of config-v3.toml.tmpl/.test(
          error.message,
        ),
    );
  });
}

const k0s = "/etc/k0s/containerd.toml", k0sDropIn = "/etc/k0s/containerd.d/zz-dramemory.toml";
const k0sMain = (version: number) =>
  `# k0s_managed=true\nversion = ${version}\nimports = ["/run/k0s/containerd-cri.toml"]\n`;

Deno.test("k0s gets a drop-in that it merges itself, by the names of its own version", async () => {
  const files = {
    [k0s]: k0sMain(3),
    "/run/k0s/containerd-cri.toml": `version = 3\n[${cri}]\nenable_selinux = true\n`,
  };
  assert.deepEqual(await edits("k0s", files, "2.1.5"), { [k0sDropIn]: limits(3, cri) });
  const old = {
    [k0s]: k0sMain(2),
    "/run/k0s/containerd-cri.toml": `version = 2\n[${oldCri}]\nenable_cdi = true\n`,
    "/etc/k0s/containerd.d/nri.toml": 'version = 2\n[plugins."io.containerd.nri.v1.nri"]\ndisable = false\n',
  };
  assert.deepEqual(await edits("k0s", old, "1.7.28"), { [k0sDropIn]: limits(2, oldCri) });
});

Deno.test("what is in k0s's directory already counts, also before k0s was started again", async () => {
  assert.deepEqual(await edits("k0s", { [k0s]: k0sMain(3), [k0sDropIn]: limits(3, cri) }, "2.1.5"), {});
});

Deno.test("k0s's drop-in is named so that it comes last", async () => {
  const later = {
    "/etc/k0s/containerd.d/nvidia.toml": `version = 3\n[${cri}]\ndisable_hugetlb_controller = true\n`,
  };
  assert.deepEqual(Object.keys(await edits("k0s", { [k0s]: k0sMain(3), ...later }, "2.1.5")), [
    "/etc/k0s/containerd.d/zz-dramemory.toml",
  ]);
});

Deno.test("a file of k0s that somebody took over is set up as any other", async () => {
  assert.deepEqual(Object.keys(await edits("k0s", { [k0s]: "version = 2\n" }, "1.7.28")), [k0s]);
});

Deno.test("MicroK8s is set up by the template that its file is made from, variables and all", async () => {
  const args = "/var/snap/microk8s/current/args";
  const text = `version = 2\n[${oldCri}.containerd]\nsnapshotter = "\${SNAPSHOTTER}"\n`;
  const files = { [`${args}/containerd.toml`]: text, [`${args}/containerd-template.toml`]: text };
  const made = await edits("MicroK8s", files, "1.7.28");
  assert.deepEqual(Object.keys(made), [`${args}/containerd-template.toml`]);
  assert.match(made[`${args}/containerd-template.toml`] ?? "", /snapshotter = "\$\{SNAPSHOTTER\}"/);
});

for (
  const [name, remedy] of Object.entries({
    Talos: /CRICustomizationConfig/,
    Bottlerocket: /bootstrap container/,
  })
) {
  Deno.test(`${name}'s files are not edited: its own configuration is told, and what belongs there`, async () => {
    const { configuration } = containerdOf(name);
    await assert.rejects(edits(name, { [configuration]: "version = 3\n" }, "2.1.5"), (error) => {
      assert.ok(error instanceof RuntimeConfigError);
      assert.match(error.message, remedy);
      assert.match(
        error.message,
        /It takes:\n\n\[plugins\.".*"\]\n {2}disable_hugetlb_controller = false\n$/,
      );
      return true;
    });
    const fit = `version = 3\n[${cri}]\ndisable_hugetlb_controller = false\n`;
    assert.deepEqual(await edits(name, { [configuration]: fit }, "2.1.5"), {});
  });
}
