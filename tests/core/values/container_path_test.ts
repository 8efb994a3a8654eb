import assert from "node:assert/strict";
import fc from "fast-check";
import { containerPath, pathsMeet } from "../../../core/values/container_path.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

for (const path of ["/mnt/huge", "/dev/hugepages-2Mi", "/a", "/a/b.c_d@e=f+g-1", `/${"a".repeat(63)}`]) {
  Deno.test(`${path} is a path of a container`, () => {
    assert.equal(containerPath(path), path);
  });
}

for (
  const text of [
    "",
    "mnt",
    "./mnt",
    "/",
    "//mnt",
    "/mnt/",
    "/mnt/../etc",
    "/..",
    "/mnt/.",
    "/.hidden",
    "/a b",
    "/a,mode=0",
    "/a\n/b",
    "/a\0",
    "/proc/",
    "/etc/../x",
    ".",
    "..",
    "~/huge",
    "$HOME/huge",
    "/mnt/huge:rw",
    "/mnt/huge\n",
    "\\mnt",
    "/mnt/h\u00fcge",
    `/${"a".repeat(64)}`,
  ]
) {
  Deno.test(`${JSON.stringify(text)} is none, or not in its normal form`, () => {
    assert.throws(() => containerPath(text), ParseError);
  });
}

for (
  const [a, b] of [
    ["/a", "/a"],
    ["/a", "/a/b"],
    ["/a/b/c", "/a"],
    ["/", "/a"],
    ["/a", "/a/"],
    ["/a", "a"],
    ["/a/x/../b", "/a/b"],
    ["/var/run/x", "/run"],
    ["/run/x", "/var/run/x/y"],
    ["/var", "/var/run/x"],
    ["/var/lock/x", "/run/lock"],
    ["/lib/x", "/usr/lib"],
    ["/usr/bin", "/bin/x"],
  ] as const
) {
  Deno.test(`${a} and ${b} meet, in either order`, () => {
    assert.ok(pathsMeet(a, b));
    assert.ok(pathsMeet(b, a));
  });
}

for (
  const [a, b] of [["/a", "/ab"], ["/a/b", "/a/c"], ["/var/runs", "/runs"], ["/library", "/usr/lib"], [
    "/dev",
    "/device",
  ]] as const
) {
  Deno.test(`${a} and ${b} do not meet`, () => {
    assert.ok(!pathsMeet(a, b));
    assert.ok(!pathsMeet(b, a));
  });
}

Deno.test("a path meets itself, what lies in it, and the root", () => {
  const part = fc.stringMatching(/^[a-z0-9_][a-z0-9._-]{0,5}$/);
  const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join("/")}`);
  fc.assert(fc.property(path, part, (path, inner) => {
    for (const other of [path, `${path}/${inner}`, "/"]) assert.ok(pathsMeet(path, other));
    assert.ok(!pathsMeet(`${path}/${inner}`, `${path}/${inner}x`));
  }));
});
