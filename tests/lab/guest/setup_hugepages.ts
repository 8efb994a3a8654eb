/** A size as documents of `setup-hugepages` name it. */
type PageSize = "2M" | "1G";

const kibibytes: Readonly<Record<PageSize, number>> = { "2M": 2048, "1G": 1_048_576 };

/** Pages of one node, or evenly of all; of 2 MiB unless another size is named. */
export interface Wish {
  readonly count: number;
  readonly node?: number;
  readonly size?: PageSize;
}

/** Runs `dramemory setup-hugepages` in a cgroup, at the root as a rule. */
export async function setup(
  wishes: readonly Wish[],
  { cgroup = "/", options = [] }: { readonly cgroup?: string; readonly options?: readonly string[] } = {},
): Promise<{ readonly code: number; readonly stderr: string }> {
  const file = await Deno.makeTempFile();
  const pages = wishes.map((wish) => ({ size: "2M", ...wish }));
  const document = { kind: "HugePageProvision", metadata: { name: "lab" }, spec: { pages } };
  await Deno.writeTextFile(file, JSON.stringify(document));
  const { code, stderr } = await new Deno.Command("sh", {
    args: [
      ...["-c", 'echo $$ >"$1" && shift && exec dramemory setup-hugepages "$@"', "sh"],
      ...[`/sys/fs/cgroup${cgroup}/cgroup.procs`, file, ...options],
    ],
    signal: AbortSignal.timeout(60_000),
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** How many pages each node has. */
export function pagesOf(size: PageSize, nodes: readonly number[]): Promise<number[]> {
  return Promise.all(nodes.map(async (node) => Number(await Deno.readTextFile(pool(size, node)))));
}

/** Sets the pages of each node, in the order of their ids, without the executable under test. */
export async function setPages(size: PageSize, counts: readonly number[]): Promise<void> {
  for (const [node, count] of counts.entries()) await Deno.writeTextFile(pool(size, node), `${count}`);
}

function pool(size: PageSize, node: number): string {
  return `/sys/devices/system/node/node${node}/hugepages/hugepages-${kibibytes[size]}kB/nr_hugepages`;
}
