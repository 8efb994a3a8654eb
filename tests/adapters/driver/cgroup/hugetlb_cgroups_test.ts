import assert from "node:assert/strict";
import { cgroupDirectory, CgroupPathError } from "../../../../adapters/driver/cgroup/cgroup_path.ts";
import { HugetlbCgroups } from "../../../../adapters/driver/cgroup/hugetlb_cgroups.ts";
import { containerId } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { PodCgroupError } from "../../../../core/ports/pod_cgroup.ts";

const paths = {
  "/kubepods/burstable/pod1": "/cg/kubepods/burstable/pod1",
  "kubepods-burstable-pod1_2.slice":
    "/cg/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice",
  "/kubepods.slice/kubepods-pod1.slice": "/cg/kubepods.slice/kubepods-pod1.slice",
  "pod.slice": "/cg/pod.slice",
};
for (const [parent, directory] of Object.entries(paths)) {
  Deno.test(`the cgroup ${parent} is ${directory}`, () =>
    assert.equal(cgroupDirectory("/cg", parent), directory));
}

for (const parent of ["", "/", "/a/../../etc", "..", "a-.slice", "-a.slice", "-.slice", "/a/./b", "a\0b"]) {
  Deno.test(`the cgroup ${JSON.stringify(parent)} is refused`, () => {
    assert.throws(() => cgroupDirectory("/cg", parent), CgroupPathError);
  });
}

const page2m = parsePageSize("2m");
const sixtyFour = { usage: 64n << 20n, reservation: 64n << 20n };

Deno.test("limits are read as they were written, usage and reservation", async () => {
  await inMount(async (mount) => {
    const cgroups = new HugetlbCgroups(mount);
    await cgroups.writeHugetlb("/kubepods/pod1", page2m, { usage: 64n << 20n, reservation: "max" });
    assert.deepEqual(await limits(mount), ["67108864", "max"]);
    const found = await cgroups.readHugetlb("/kubepods/pod1", page2m);
    assert.deepEqual(found, { usage: 64n << 20n, reservation: "max" });
  });
});

Deno.test("the number that the kernel gives a new cgroup means no limit", async () => {
  await inMount(async (mount) => {
    await Deno.writeTextFile(`${mount}/kubepods/pod1/hugetlb.2MB.max`, "9223372036854771712\n");
    const { usage } = await new HugetlbCgroups(mount).readHugetlb("/kubepods/pod1", page2m);
    assert.equal(usage, "max");
  });
});

Deno.test("a lower limit leaves nothing of the higher one", async () => {
  await inMount(async (mount) => {
    const cgroups = new HugetlbCgroups(mount);
    await cgroups.writeHugetlb("/kubepods/pod1", page2m, sixtyFour);
    await cgroups.writeHugetlb("/kubepods/pod1", page2m, { usage: 0n, reservation: 0n });
    assert.deepEqual(await limits(mount), ["0", "0"]);
  });
});

for (const name of ["abc", "cri-containerd-abc.scope", "crio-abc"]) {
  Deno.test(`the limits of a container are written to its cgroup ${name}, and to no other`, async () => {
    await inMount(async (mount) => {
      const pod = `${mount}/kubepods/pod1`;
      for (const child of [name, "other", "crio-conmon-abc.scope"]) {
        await Deno.mkdir(`${pod}/${child}`);
        for (const kind of ["max", "rsvd.max"]) {
          await Deno.writeTextFile(`${pod}/${child}/hugetlb.2MB.${kind}`, "0\n");
        }
      }
      await new HugetlbCgroups(mount)
        .writeContainerHugetlb("/kubepods/pod1", containerId("abc"), page2m, sixtyFour);
      const written = [name, "other", "crio-conmon-abc.scope"].map((child) =>
        ["max", "rsvd.max"].map((kind) => Deno.readTextFileSync(`${pod}/${child}/hugetlb.2MB.${kind}`).trim())
      );
      assert.deepEqual(written, [["67108864", "67108864"], ["0", "0"], ["0", "0"]]);
    });
  });
}

Deno.test("with crun under systemd the limits are written to the container's scope and to what crun makes inside", async () => {
  await inMount(async (mount) => {
    const scope = `${mount}/kubepods/pod1/crio-abc.scope`;
    for (const directory of [scope, `${scope}/container`, `${scope}/other`]) {
      await Deno.mkdir(directory);
      for (const kind of ["max", "rsvd.max"]) {
        await Deno.writeTextFile(`${directory}/hugetlb.2MB.${kind}`, "0\n");
      }
    }
    await new HugetlbCgroups(mount)
      .writeContainerHugetlb("/kubepods/pod1", containerId("abc"), page2m, sixtyFour);
    const written = ["", "/container", "/other"].map((child) =>
      Deno.readTextFileSync(`${scope}${child}/hugetlb.2MB.rsvd.max`).trim()
    );
    assert.deepEqual(written, ["67108864", "67108864", "0"]);
  });
});

Deno.test("a container without a cgroup needs no limits", async () => {
  await inMount(async (mount) => {
    const gone = containerId("../pod2");
    await new HugetlbCgroups(mount).writeContainerHugetlb("/kubepods/pod1", gone, page2m, sixtyFour);
    assert.deepEqual(await limits(mount), ["0", "0"]);
  });
});

Deno.test("a page size that the kernel has no files for is an error that names the file", async () => {
  await inMount(async (mount) => {
    const cgroups = new HugetlbCgroups(mount);
    await assert.rejects(cgroups.readHugetlb("/kubepods/pod1", parsePageSize("1g")), /hugetlb\.1GB\..*max/);
    const attempt = cgroups.writeHugetlb("/kubepods/pod1", parsePageSize("1g"), sixtyFour);
    await assert.rejects(attempt, /hugetlb\.1GB\..*max/);
  });
});

Deno.test("what is no limit is an error that names the file", async () => {
  await inMount(async (mount) => {
    await Deno.writeTextFile(`${mount}/kubepods/pod1/hugetlb.2MB.max`, "some");
    await assert.rejects(
      new HugetlbCgroups(mount).readHugetlb("/kubepods/pod1", page2m),
      /hugetlb\.2MB\.max/,
    );
  });
});

Deno.test("a pod whose cgroup is gone is an error that names it", async () => {
  await inMount(async (mount) => {
    const attempt = new HugetlbCgroups(mount).readHugetlb("/kubepods/pod2", page2m);
    await assert.rejects(attempt, (error) => error instanceof PodCgroupError && /pod2/.test(error.message));
  });
});

Deno.test("a symbolic link that leads out of the mount is not followed", async () => {
  await inMount(async (mount) => {
    const outside = await Deno.makeTempDir();
    await Deno.symlink(outside, `${mount}/kubepods/link`);
    const attempt = new HugetlbCgroups(mount).writeHugetlb("/kubepods/link", page2m, sixtyFour);
    await assert.rejects(attempt, /outside/);
    await Deno.remove(outside);
  });
});

async function limits(mount: string): Promise<string[]> {
  const read = (file: string) => Deno.readTextFile(`${mount}/kubepods/pod1/${file}`);
  return (await Promise.all(["hugetlb.2MB.max", "hugetlb.2MB.rsvd.max"].map(read))).map((text) =>
    text.trim()
  );
}

/** A mount with the cgroup /kubepods/pod1, which may not use any hugepage. */
async function inMount(test: (mount: string) => Promise<void>): Promise<void> {
  const mount = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${mount}/kubepods/pod1`, { recursive: true });
    for (const kind of ["max", "rsvd.max"]) {
      await Deno.writeTextFile(`${mount}/kubepods/pod1/hugetlb.2MB.${kind}`, "0\n");
    }
    await test(mount);
  } finally {
    await Deno.remove(mount, { recursive: true });
  }
}
