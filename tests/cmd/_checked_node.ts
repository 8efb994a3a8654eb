import { defaultConfig } from "../containerd_configs/configs.ts";
import { CgroupMachine, type MountTable, v2Files } from "../adapters/driver/cgroup/hierarchies.ts";
import { fixturesDirectory } from "../adapters/driver/sysfs/support.ts";
import { type Finished, finished, startDramemory } from "./dramemory.ts";

/**
 * A directory that stands in for a node that is set up: kernel, cgroups, kubelet and containerd. Who runs the test and
 * what the clock of this machine is are not part of it.
 */
export class CheckedNode implements AsyncDisposable {
  readonly #runtime: Deno.Listener;

  private constructor(readonly machine: CgroupMachine) {
    this.#runtime = Deno.listen({ transport: "unix", path: `${machine.root}/nri.sock` });
  }

  static async with(
    table: MountTable = "pure v2",
    files: Readonly<Record<string, string>> = v2Files,
  ): Promise<CheckedNode> {
    const machine = await CgroupMachine.with(table, files);
    const { root } = machine;
    await Deno.copyFile(`${fixturesDirectory}/two-numa/proc/meminfo`, `${root}/proc/meminfo`);
    await Deno.copyFile(`${fixturesDirectory}/two-numa/proc/self/auxv`, `${root}/proc/self/auxv`);
    await machine.write("proc/sys/kernel/osrelease", "6.1.0-44-amd64\n");
    await machine.write(
      "kubelet/config.yaml",
      "memoryManagerPolicy: None\nfeatureGates: { DRANodeAllocatableResources: true }\n",
    );
    await machine.write("bin/containerd", "#!/bin/sh\necho containerd example.com v2.1.9 0\n");
    await Deno.chmod(`${root}/bin/containerd`, 0o755);
    const configuration = defaultConfig("2.1.9")
      .replace("disable_hugetlb_controller = true", "disable_hugetlb_controller = false")
      .replace(/cdi_spec_dirs = .*/, `cdi_spec_dirs = ["${root}/cdi"]`);
    await machine.write("containerd.toml", configuration);
    for (const name of ["kubelet/plugins", "kubelet/plugins_registry", "cdi"]) {
      await Deno.mkdir(`${root}/${name}`);
    }
    return new CheckedNode(machine);
  }

  /** Runs `validate` on it. */
  async validate(...args: string[]): Promise<Finished> {
    const { root } = this.machine;
    const flags = {
      "sysfs-root": `${fixturesDirectory}/two-numa/sys`,
      "procfs-root": `${root}/proc`,
      "kubelet-root": `${root}/kubelet`,
      "kubelet-config": `${root}/kubelet/config.yaml`,
      "cdi-dir": `${root}/cdi`,
      "nri-socket": `${root}/nri.sock`,
      "runtime": "containerd",
      "runtime-config": `${root}/containerd.toml`,
    };
    const named = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const path = `${root}/bin:${Deno.env.get("PATH")}`;
    return await finished(startDramemory(["validate", ...named, ...args], { PATH: path }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#runtime.close();
    await this.machine[Symbol.asyncDispose]();
  }
}
