import assert from "node:assert/strict";
import fc from "fast-check";
import { type Mount, mountOf, parseMountinfo } from "../../../../adapters/shared/kernel_files/mountinfo.ts";

Deno.test("any number of optional fields may stand before the dash, and a mount's own options are not the superblock's", () => {
  const lines = [
    "29 22 0:25 / /a rw,noexec - cgroup2 cgroup2 rw,nsdelegate",
    "29 22 0:25 / /b rw,noexec shared:4 master:2 propagate_from:1 - cgroup2 cgroup2 rw,memory_hugetlb_accounting",
  ];
  assert.deepEqual(parseMountinfo(lines.join("\n")), [
    { mountPoint: "/a", fileSystem: "cgroup2", superblockOptions: ["rw", "nsdelegate"] },
    { mountPoint: "/b", fileSystem: "cgroup2", superblockOptions: ["rw", "memory_hugetlb_accounting"] },
  ]);
});

Deno.test("a mount point called like the dash, or without options behind it, is read all the same", () => {
  const [mount, ...others] = parseMountinfo("1 2 0:1 - - rw - tmpfs none\n");
  assert.deepEqual([mount?.mountPoint, mount?.fileSystem, mount?.superblockOptions, others], [
    "-",
    "tmpfs",
    [],
    [],
  ]);
});

Deno.test("blanks, tabs, line feeds and backslashes in a mount point come back", () => {
  const name = fc.string({ unit: fc.constantFrom("a", "-", " ", "\t", "\n", "\\", "0", "4"), minLength: 1 });
  fc.assert(fc.property(name, (text) => {
    const escaped = text.replace(
      /[ \t\n\\]/g,
      (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
    );
    const [mount] = parseMountinfo(`1 2 0:1 / /${escaped} rw shared:1 - ext4 /dev/a rw`);
    assert.equal(mount?.mountPoint, `/${text}`);
  }));
});

Deno.test("whatever a text is, reading it as a mount table does not fail", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseMountinfo(text)));
});

Deno.test("a path is on the innermost mount above it, the last one where several are at one place", () => {
  const mount = (mountPoint: string, fileSystem: string): Mount => ({
    mountPoint,
    fileSystem,
    superblockOptions: [],
  });
  const mounts = [mount("/", "ext4"), mount("/a/b", "tmpfs"), mount("/a", "sysfs"), mount("/a/b", "cgroup2")];
  const on = (path: string) => mountOf(path, mounts)?.fileSystem;
  assert.deepEqual(
    [on("/"), on("/ab"), on("/a"), on("/a/bc"), on("/a/b"), on("/a/b/c")],
    ["ext4", "ext4", "sysfs", "sysfs", "cgroup2", "cgroup2"],
  );
});
