import assert from "node:assert/strict";
import { GiB } from "../../../core/samples.ts";
import { fixturesDirectory } from "../../driver/sysfs/support.ts";
import { inspectingPicturePath, pictureOf, readmePicture } from "./_picture.ts";

const fixtures = [...Deno.readDirSync(fixturesDirectory)]
  .filter(({ name, isDirectory }) => isDirectory && name !== "malformed-distance")
  .map(({ name }) => name);
for (const fixture of fixtures) {
  Deno.test(`the picture of ${fixture} keeps within its edges`, async () => {
    const svg = await pictureOf(fixture, { "hugepages-2m-numa0": 900n * GiB });
    const { width, height } = sizeOf(svg);
    for (const { right, bottom } of rectangles(svg)) {
      assert.ok(right <= width && bottom <= height, `${right} ${bottom} of ${width} ${height}`);
    }
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  });
}

Deno.test("each node has a box with its CPUs, its memory, its pools, and what claims hold of them", async () => {
  const texts = textsOf(await pictureOf("two-numa", { "hugepages-2m-numa1": 200n << 20n }));
  assert.deepEqual(texts.slice(texts.indexOf("NUMA node 1"), texts.indexOf("Distances between NUMA nodes")), [
    "NUMA node 1",
    "8 CPUs: 4-7,12-15",
    "Memory",
    "15.7Gi",
    "for claims 10.7Gi, held 0",
    "hugepages 5Gi, kept from claims 0",
    "Pages of 2Mi: 512",
    "1Gi",
    "free 500, in use 12, held by claims 100",
    "Pages of 1Gi: 4",
    "4Gi",
    "free 3, in use 1, held by claims 0",
  ]);
});

Deno.test("a node without CPUs says so", async () => {
  const texts = textsOf(await pictureOf("cpu-less"));
  assert.ok(texts.includes("No CPUs, only memory, nearest to those of node 0"), texts.join("\n"));
  assert.ok(texts.includes("cpuless"));
});

Deno.test("a node says which tier its memory is in, and how fast it is", async () => {
  const texts = textsOf(await pictureOf("memory-tiers"));
  assert.deepEqual(texts.slice(texts.indexOf("NUMA node 2"), texts.indexOf("Pages of 2Mi: 0")), [
    "NUMA node 2",
    "cpuless · tier 1",
    "No CPUs, only memory, nearest to those of node 1",
    "Memory",
    "32Gi",
    "for claims 24Gi, held 0",
    "hugepages 8Gi, kept from claims 0",
    "read 26Gi/s in 240 ns, write 19Gi/s",
  ]);
  assert.equal(texts.filter((text) => text === "tier 0").length, 2);
});

Deno.test("claims that hold more than there is are told", async () => {
  const texts = textsOf(await pictureOf("two-numa", { "hugepages-1g-numa0": 3n * GiB }));
  assert.equal(texts.filter((text) => text === "Claims hold more than there is.").length, 1);
});

Deno.test("many nodes come in rows", async () => {
  const { width, height } = sizeOf(await pictureOf("twelve-nodes"));
  assert.ok(width < 1.5 * height && height < 1.5 * width);
});

Deno.test("the picture of docs/user/inspecting.md is what is drawn (deno run -A tests/adapters/operations/svg/_picture.ts writes it anew)", async () => {
  assert.equal(await Deno.readTextFile(inspectingPicturePath), `${await readmePicture()}\n`);
});

function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /^<svg [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** Where rectangles end in the picture; groups are moved, one in the other. */
function rectangles(svg: string): { right: number; bottom: number }[] {
  const moves: (readonly [number, number])[] = [];
  const found: { right: number; bottom: number }[] = [];
  for (const [tag, name, attributes = ""] of svg.matchAll(/<\/?(g|rect)\b([^>]*)>/g)) {
    const number = (key: string) => Number(new RegExp(` ${key}="(-?[\\d.]+)"`).exec(attributes)?.[1]);
    if (tag === "</g>") moves.pop();
    else if (name === "g") {
      const [, x = 0, y = 0] = /translate\((\S+) (\S+)\)/.exec(attributes) ?? [];
      moves.push([Number(x), Number(y)]);
    } else if (name === "rect" && !tag.startsWith("</")) {
      found.push({
        right: number("x") + number("width") + moves.reduce((sum, [x]) => sum + x, 0),
        bottom: number("y") + number("height") + moves.reduce((sum, [, y]) => sum + y, 0),
      });
    }
  }
  return found;
}

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
}
