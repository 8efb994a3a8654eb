import assert from "node:assert/strict";
import fc from "fast-check";
import { type ClaimedHugepages, hugetlbfsMounts, MountPathError } from "../../../core/claims/hugetlbfs.ts";
import type { MountPath } from "../../../core/claims/configuration/memory_config.ts";
import { containerPath, pathsMeet } from "../../../core/values/container_path.ts";
import { pageSize } from "../../../core/values/page_size.ts";
import { GiB, MiB } from "../samples.ts";

const small = pageSize(2n * MiB), large = pageSize(GiB);

function claimed(bytes: bigint, mountPath?: string, size = small): ClaimedHugepages {
  return {
    pageSize: size,
    bytes,
    mountPath: mountPath === undefined || mountPath === "none" ? mountPath : containerPath(mountPath),
  };
}

const paths = (...args: Parameters<typeof hugetlbfsMounts>) =>
  hugetlbfsMounts(...args).map((mount) => mount?.path);

Deno.test("a container finds each page size that it claims under /dev, by the size as Kubernetes writes it", () => {
  assert.deepEqual(hugetlbfsMounts([claimed(4n * MiB), claimed(GiB, undefined, large)], []), [
    { pageSize: small, path: "/dev/hugepages-2Mi", bytes: 4n * MiB },
    { pageSize: large, path: "/dev/hugepages-1Gi", bytes: GiB },
  ]);
});

Deno.test("two claims of one page size make one mount of the sum, wherever it is", () => {
  for (const path of [undefined, "/mnt/huge"]) {
    const [mount, other] = hugetlbfsMounts([claimed(4n * MiB, path), claimed(6n * MiB, path)], []);
    assert.equal(mount?.bytes, 10n * MiB);
    assert.deepEqual(other, mount);
  }
});

Deno.test("a configured path is taken, and none is no mount", () => {
  assert.deepEqual(paths([claimed(2n * MiB, "/mnt/huge"), claimed(2n * MiB, "none")], []), [
    "/mnt/huge",
    undefined,
  ]);
  assert.deepEqual(paths([claimed(2n * MiB, "/mnt/huge"), claimed(2n * MiB)], []), [
    "/mnt/huge",
    "/dev/hugepages-2Mi",
  ]);
});

for (
  const [volumes, path] of [
    [["/dev"], "/hugepages-2Mi"],
    [["/dev/hugepages-2Mi"], "/hugepages-2Mi"],
    [["/dev/hugepages-2Mi/inner"], "/hugepages-2Mi"],
    [["/dev", "/hugepages-2Mi"], "/hugepages-2Mi-1"],
    [["/dev/hugepages", "/mnt"], "/dev/hugepages-2Mi"],
    [["dev", "/hugepages-2Mi/x", "/hugepages-2Mi-1/"], "/hugepages-2Mi-2"],
  ] as const
) {
  Deno.test(`beside volumes at ${volumes.join(", ")} the pages are at ${path}`, () => {
    assert.deepEqual(paths([claimed(2n * MiB)], volumes), [path]);
  });
}

Deno.test("a volume at the root of the container leaves no place for a mount", () => {
  assert.deepEqual(paths([claimed(2n * MiB)], ["/"]), [undefined]);
});

for (
  const [path, occupied, why] of [
    ["/proc", [], "meets /proc, which every container has"],
    ["/proc/1", [], "meets /proc, which every container has"],
    ["/sys/fs", [], "meets /sys, which every container has"],
    ["/dev", [], "meets /dev/pts, which every container has"],
    ["/dev/shm", [], "meets /dev/shm, which every container has"],
    ["/dev/null", [], "meets /dev/null, which every container has"],
    ["/dev/fd/3", [], "meets /dev/fd, which every container has"],
    ["/dev/stdout", [], "meets /dev/stdout, which every container has"],
    ["/etc/hosts", [], "meets /etc/hosts, which every container has"],
    ["/etc", [], "meets /etc/hosts, which every container has"],
    ["/run", [], "meets /var/run/kubernetes.io, which every container has"],
    ["/data", ["/data"], "meets /data, where the container has a volume"],
    ["/data/huge", ["/data"], "meets /data, where the container has a volume"],
    ["/data", ["/data/cache"], "meets /data/cache, where the container has a volume"],
    [
      "/run/secrets",
      ["/var/run/secrets/kubernetes.io/serviceaccount"],
      "meets /var/run/secrets/kubernetes.io/serviceaccount, where the container has a volume",
    ],
  ] as const
) {
  Deno.test(`the path ${path} is refused${occupied.length > 0 ? ` beside ${occupied}` : ""}: it ${why}`, () => {
    assert.throws(
      () => hugetlbfsMounts([claimed(2n * MiB, path)], occupied),
      new MountPathError(`hugetlbfs.mountPath: ${path} ${why}: choose another path`),
    );
  });
}

Deno.test("two page sizes cannot have one path, nor one path in another", () => {
  for (const path of ["/mnt", "/mnt/large"]) {
    assert.throws(() => hugetlbfsMounts([claimed(2n * MiB, "/mnt"), claimed(GiB, path, large)], []), {
      name: "MountPathError",
      message: /meets \/mnt, the mount of the pages of 2Mi: choose another path$/,
    });
  }
});

Deno.test("no mount meets another or a volume, nothing is mounted twice, and every byte is somewhere", () => {
  const path = fc.constantFrom(
    "/dev",
    "/dev/hugepages-2Mi",
    "/hugepages-2Mi",
    "/hugepages-2Mi-1/x",
    "/mnt",
    "/mnt/a",
    "/b",
  );
  const mountPath = fc.constantFrom<MountPath | undefined>(
    undefined,
    undefined,
    "none",
    containerPath("/mnt/a"),
    containerPath("/c"),
  );
  const claims = fc.array(
    fc.record({
      pageSize: fc.constantFrom(small, large),
      bytes: fc.bigInt(1n, 9n).map((count) => count * GiB),
      mountPath,
    }, { noNullPrototype: true }),
    { maxLength: 6 },
  );
  fc.assert(fc.property(claims, fc.array(path, { maxLength: 6 }), (claims, volumes) => {
    let parts;
    try {
      parts = hugetlbfsMounts(claims, volumes);
    } catch (error) {
      assert.ok(error instanceof MountPathError);
      return;
    }
    const mounts = [
      ...new Map(parts.flatMap((mount) => mount === undefined ? [] : [[mount.path, mount]])).values(),
    ];
    mounts.forEach((mount, index) => {
      const others = mounts.toSpliced(index, 1).map(({ path }) => path);
      assert.ok(![...volumes, ...others].some((other) => pathsMeet(mount.path, other)));
    });
    const sum = (all: readonly { bytes: bigint }[]) => all.reduce((sum, { bytes }) => sum + bytes, 0n);
    assert.equal(sum(mounts), sum(claims.filter(({ mountPath }) => mountPath !== "none")));
    parts.forEach((mount, index) =>
      assert.ok(mount === undefined || mount.pageSize === claims[index]?.pageSize)
    );
  }));
});
