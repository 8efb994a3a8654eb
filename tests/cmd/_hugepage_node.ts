import { CdiCheckpoint } from "../../adapters/driver/cdi/cdi_checkpoint.ts";
import { SoleInstance } from "../../adapters/driver/cdi/instances.ts";
import { readBootId } from "../../adapters/shared/kernel_files/boot_id.ts";
import type { PreparedClaim } from "../../core/claims/claim.ts";
import { fixturesDirectory } from "../adapters/driver/sysfs/support.ts";
import { dramemory, type Finished } from "./dramemory.ts";

/** A sample machine's files, copied so that they can be changed, with the claims that are prepared there. */
export class HugepageNode {
  constructor(readonly directory: string) {}

  /** Runs `setup-hugepages` on the copy with a document of these pages. */
  async setup(pages: readonly string[], ...options: string[]): Promise<Finished> {
    const file = `${this.directory}/provision.yaml`;
    const list = pages.map((page) => `    - ${page}\n`).join("");
    const text = `kind: HugePageProvision\nmetadata: { name: sample }\nspec:\n  pages:\n${list}`;
    await Deno.writeTextFile(file, text);
    return await dramemory("setup-hugepages", file, ...this.lookFlags(), ...options);
  }

  /** Those of commands that look at the node and at what claims hold. */
  lookFlags(): string[] {
    const places = { "sysfs-root": "sys", "procfs-root": "proc", "cdi-dir": "cdi" };
    return Object.entries(places).map(([flag, place]) => `--${flag}=${this.directory}/${place}`);
  }

  /** Makes a claim durable as the driver does. */
  async prepare(claim: PreparedClaim): Promise<void> {
    const bootId = await readBootId(`${this.directory}/proc`);
    const directory = `${this.directory}/cdi`;
    await Deno.mkdir(directory);
    await new CdiCheckpoint({ directory, bootId, instances: new SoleInstance() }).save(claim);
  }

  /** The counts of every pool, by path below /sys without what all have in common. */
  counts(): Record<string, number> {
    const pools = ["devices/system/node/node0", "devices/system/node/node1", "kernel/mm"].flatMap((place) =>
      ["2048", "1048576"].map((size) => [place, size] as const)
    );
    const entries = pools.flatMap(([place, size]) => {
      const count = this.read(`sys/${place}/hugepages/hugepages-${size}kB/nr_hugepages`);
      return count === undefined ? [] : [[`${place.split("/").at(-1)} ${size}kB`, Number(count)] as const];
    });
    return Object.fromEntries(entries);
  }

  write(path: string, text: string): Promise<void> {
    return Deno.writeTextFile(`${this.directory}/${path}`, text);
  }

  read(path: string): string | undefined {
    try {
      return Deno.readTextFileSync(`${this.directory}/${path}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }
}

/** Runs a test on a copy of a sample tree. */
export async function onCopyOf(fixture: string, test: (node: HugepageNode) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-hugepages-" });
  try {
    await copyTree(`${fixturesDirectory}/${fixture}`, directory);
    await test(new HugepageNode(directory));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
