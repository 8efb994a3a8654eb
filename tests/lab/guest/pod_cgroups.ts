import assert from "node:assert/strict";
import { until } from "../../until.ts";
import type { KernelCgroups } from "./kernel_cgroups.ts";
import { isThere } from "./node_runtime.ts";

/** Cgroups of pods of the most common class, as the kubelet has them made and names them for the runtime. */
export interface PodCgroups {
  /** Makes a pod's, with limits of no hugepages. Returns its path from the mount. */
  create(uid: string): Promise<string>;
  /** Removes a pod's, of which nothing runs any more. */
  remove(path: string): Promise<void>;
}

/** Whether systemd is the first process, which is then what makes cgroups (sd_booted(3)). */
const underSystemd = isThere("/run/systemd/system");

/** As this machine has them. */
export function podCgroups(cgroups: KernelCgroups): PodCgroups {
  return underSystemd ? new PodSlices(cgroups) : new PodDirectories(cgroups);
}

class PodDirectories implements PodCgroups {
  readonly #cgroups: KernelCgroups;

  constructor(cgroups: KernelCgroups) {
    this.#cgroups = cgroups;
  }

  async create(uid: string): Promise<string> {
    const path = `/kubepods/burstable/pod${uid}`;
    await this.#cgroups.create(path);
    return path;
  }

  remove(path: string): Promise<void> {
    return this.#cgroups.remove(path);
  }
}

/**
 * Slices of systemd. The kubelet has them made by D-Bus, with these properties, and writes the rest itself: the controllers
 * and the hugetlb limits (Apply and Set of systemd/v2.go of github.com/opencontainers/cgroups).
 */
class PodSlices implements PodCgroups {
  readonly #cgroups: KernelCgroups;

  constructor(cgroups: KernelCgroups) {
    this.#cgroups = cgroups;
  }

  async create(uid: string): Promise<string> {
    const above = "/kubepods.slice/kubepods-burstable.slice";
    const slice = `kubepods-burstable-pod${uid.replaceAll("-", "_")}.slice`, path = `${above}/${slice}`;
    for (const name of ["kubepods.slice", "kubepods-burstable.slice", slice]) await startSlice(name);
    await until(`the cgroup of ${slice}`, () => isThere(`${this.#cgroups.mount}${path}`) || undefined, 30);
    await this.#cgroups.create(path);
    return path;
  }

  async remove(path: string): Promise<void> {
    await systemctl("stop", path.slice(path.lastIndexOf("/") + 1));
    await until(
      `the end of ${path}`,
      () => isThere(`${this.#cgroups.mount}${path}`) ? undefined : true,
      30,
    );
  }
}

const properties = ["MemoryAccounting", "CPUAccounting", "IOAccounting", "TasksAccounting"];

async function startSlice(name: string): Promise<void> {
  if (await isActive(name)) return;
  await run("busctl", [
    ...["call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"],
    ...["StartTransientUnit", "ssa(sv)a(sa(sv))", name, "replace", `${properties.length + 1}`],
    ...["DefaultDependencies", "b", "false"],
    ...properties.flatMap((property) => [property, "b", "true"]),
    "0",
  ]);
}

/** Whether systemd has a unit, and started it. */
export async function isActive(unit: string): Promise<boolean> {
  const { success } = await new Deno.Command("systemctl", { args: ["is-active", "--quiet", unit] }).output();
  return success;
}

/** Has systemd do something, and returns what `systemctl` prints. */
export function systemctl(...args: readonly string[]): Promise<string> {
  return run("systemctl", args);
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    signal: AbortSignal.timeout(120_000),
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, `${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}
