import assert from "node:assert/strict";
import { dramemory } from "./dramemory.ts";

/** A pool of this machine's kernel. */
interface Pool {
  readonly node: number;
  readonly directory: string;
}

const found = await findPool();
const title = "this machine's kernel gives 4 pages of 2 MiB more, and takes them back";

Deno.test({
  name: "reason" in found ? `${title} (skipped: ${found.reason})` : title,
  ignore: "reason" in found,
  fn: async () => {
    if ("reason" in found) return;
    const before = await persistentPages(found);
    const cdi = await Deno.makeTempDir();
    const setup = (count: bigint, ...options: string[]) =>
      setupPages(found.node, count, `--cdi-dir=${cdi}`, ...options);
    try {
      const plan = await setup(before + 4n, "--dry-run");
      assert.match(
        plan.stdout,
        new RegExp(`^2Mi +${found.node} +${before} +${before + 4n} +\\+4 \\(8Mi\\)`, "m"),
      );
      assert.equal(await persistentPages(found), before);

      const more = await setup(before + 4n, "--rollback");
      assert.deepEqual([more.code, more.stderr], [0, ""]);
      assert.equal(await persistentPages(found), before + 4n);

      const fewer = await setup(before);
      assert.deepEqual([fewer.code, fewer.stderr], [0, ""]);
      assert.equal(await persistentPages(found), before);
    } finally {
      await Deno.writeTextFile(`${found.directory}/nr_hugepages`, `${before}`);
      await Deno.remove(cdi, { recursive: true });
    }
  },
});

async function setupPages(node: number, count: bigint, ...options: string[]) {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    const spec = { pages: [{ size: "2M", count: Number(count), node }] };
    const document = { kind: "HugePageProvision", metadata: { name: "test" }, spec };
    await Deno.writeTextFile(file, JSON.stringify(document));
    return await dramemory("setup-hugepages", file, ...options);
  } finally {
    await Deno.remove(file);
  }
}

async function persistentPages({ directory }: Pool): Promise<bigint> {
  const read = async (name: string) => BigInt(await Deno.readTextFile(`${directory}/${name}_hugepages`));
  return await read("nr") - await read("surplus");
}

/** A pool that this test may change, or why there is none. */
async function findPool(): Promise<Pool | { reason: string }> {
  if (Deno.uid() !== 0) return { reason: "only root may change the kernel's hugepage pools" };
  for (const node of [0, 1, 2, 3]) {
    const directory = `/sys/devices/system/node/node${node}/hugepages/hugepages-2048kB`;
    const free = await freeMebibytes(node);
    if (free === undefined || !await canOpen(`${directory}/nr_hugepages`)) continue;
    return free < 256
      ? { reason: `NUMA node ${node} has less than 256Mi of free memory` }
      : { node, directory };
  }
  return { reason: "there is no pool of 2 MiB pages below /sys that may be written" };
}

async function canOpen(path: string): Promise<boolean> {
  try {
    (await Deno.open(path, { write: true })).close();
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

async function freeMebibytes(node: number): Promise<number | undefined> {
  try {
    const meminfo = await Deno.readTextFile(`/sys/devices/system/node/node${node}/meminfo`);
    return Number(/MemFree: +(\d+) kB/.exec(meminfo)?.[1]) / 1024;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
