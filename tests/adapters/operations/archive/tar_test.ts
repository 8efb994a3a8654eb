import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { gzip } from "../../../../adapters/operations/archive/gzip.ts";
import { type ArchiveEntry, ArchivePathError, tar } from "../../../../adapters/operations/archive/tar.ts";
import { inDirectory } from "../../shared/files/directory.ts";

const time = new Date("2026-01-02T03:04:05Z");
const bytes = (text: string) => new TextEncoder().encode(text);
const file = (path: string, text = ""): ArchiveEntry => ({ path, type: "file", content: bytes(text) });

Deno.test("GNU tar lists what went in: modes, owner, time, sizes, the directories above, all sorted", async () => {
  const archive = await tar([
    file("usr/share/doc", "words"),
    { path: "usr/bin/tool", type: "file", content: bytes("#!"), mode: 0o755 },
    { path: "lib", type: "symlink", target: "usr/lib" },
    { path: "tmp", type: "directory", mode: 0o1777 },
  ], time);
  assert.deepEqual((await gnuTar(["-tv", "--numeric-owner", "--utc", "--full-time"], archive)).split("\n"), [
    "lrwxrwxrwx 0/0               0 2026-01-02 03:04:05 lib -> usr/lib",
    "drwxrwxrwt 0/0               0 2026-01-02 03:04:05 tmp/",
    "drwxr-xr-x 0/0               0 2026-01-02 03:04:05 usr/",
    "drwxr-xr-x 0/0               0 2026-01-02 03:04:05 usr/bin/",
    "-rwxr-xr-x 0/0               2 2026-01-02 03:04:05 usr/bin/tool",
    "drwxr-xr-x 0/0               0 2026-01-02 03:04:05 usr/share/",
    "-rw-r--r-- 0/0               5 2026-01-02 03:04:05 usr/share/doc",
    "",
  ]);
});

Deno.test("GNU tar gives back the contents, also of long names and names that are not ASCII", async () => {
  const deep = `${"a-rather-long-name/".repeat(15)}file`;
  const contents = { [deep]: "deep", "wörter/größe": "ß", empty: "", "block": "x".repeat(512) };
  const archive = await tar(Object.entries(contents).map(([path, text]) => file(path, text)), time);
  await inDirectory(async (directory) => {
    await gnuTar(["-x", "-C", directory], archive);
    for (const [path, text] of Object.entries(contents)) {
      assert.equal(await Deno.readTextFile(`${directory}/${path}`), text);
    }
  });
});

Deno.test("the order in which entries are given does not matter", async () => {
  const entries = ["b", "a/b", "a-b", "a/a/c", "c/d"].map((path) => file(path, path));
  const expected = await tar(entries, time);
  await fc.assert(fc.asyncProperty(
    fc.shuffledSubarray(entries, { minLength: entries.length }),
    async (shuffled) => assert.deepEqual(await tar(shuffled, time), expected),
  ));
});

Deno.test("a directory comes before what is in it, whatever the names", async () => {
  const part = fc.string({ unit: fc.constantFrom("a", "-", ".x", "0", "~"), minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(part, part, fc.array(part), async (directory, name, others) => {
      const paths = new Set([`${directory}/${name}`, ...others.map((other) => `other/${other}`)]);
      const listing = (await gnuTar(["-t"], await tar([...paths].map((path) => file(path)), time))).split(
        "\n",
      );
      assert.ok(listing.indexOf(`${directory}/`) < listing.indexOf(`${directory}/${name}`));
    }),
    { numRuns: 20 },
  );
});

Deno.test("no path leads out of the archive", () => {
  for (const path of ["/etc/passwd", "../up", "a/../../up", "a//b", "a/", "", ".", "a\0b"]) {
    assert.throws(() => tar([file(path)], time), ArchivePathError, path);
  }
});

Deno.test("a path that is there twice, or below something that is no directory, is refused by name", () => {
  assert.throws(() => tar([file("a"), file("a")], time), /Cannot archive a: it is there twice/);
  assert.throws(
    () => tar([file("a"), file("a/b")], time),
    /Cannot archive a\/b: a is a file in the same archive/,
  );
  assert.throws(
    () => tar([file("l/b"), { path: "l", type: "symlink", target: "/" }], time),
    /l is a symlink/,
  );
});

Deno.test("gzip gives back the same bytes, and the same file each time", async () => {
  const packed = await gzip(bytes("twice ".repeat(1000)));
  assert.equal(gunzipSync(packed).toString(), "twice ".repeat(1000));
  assert.deepEqual(await gzip(bytes("twice ".repeat(1000))), packed);
  assert.deepEqual([...packed.subarray(4, 8)], [0, 0, 0, 0], "no time");
});

/** What the tar of this machine says about an archive, which it reads from its input. */
async function gnuTar(args: string[], archive: Uint8Array<ArrayBuffer>): Promise<string> {
  const child = new Deno.Command("tar", {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { LC_ALL: "C.UTF-8" },
  })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(archive);
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
