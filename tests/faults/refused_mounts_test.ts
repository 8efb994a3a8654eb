import assert from "node:assert/strict";
import { scheduledClaim } from "./objects.ts";
import { assertPrepared, onNode, refusalIn } from "./tested_node.ts";

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Values of `hugetlbfs.mountPath` that are no path of a container in its normal form. */
const noPaths: readonly string[] = [
  "",
  ".",
  "..",
  "huge",
  "./huge",
  "../huge",
  "/",
  "//",
  "//mnt",
  "/proc/",
  "/mnt/",
  "/mnt//huge",
  "/mnt/./huge",
  "/mnt/..",
  "/etc/../x",
  "/mnt/huge/../../proc",
  "/.hidden",
  "/mnt/a b",
  "/mnt/a\tb",
  "/mnt/a\nb",
  "/mnt/huge\n",
  "/mnt/a\0b",
  "/mnt/a,mode=777",
  "/mnt/huge:rw",
  "/mnt/\\..\\etc",
  "$HOME/huge",
  "None",
];

/** Paths that are one, and meet something of the container's. */
const meeting: readonly [mountPath: string, met: string][] = [
  ["/proc", "/proc"],
  ["/proc/self/cwd", "/proc"],
  ["/sys/fs", "/sys"],
  ["/dev", "/dev/pts"],
  ["/dev/shm", "/dev/shm"],
  ["/dev/null", "/dev/null"],
  ["/dev/stdin", "/dev/stdin"],
  ["/etc/resolv.conf", "/etc/resolv.conf"],
  ["/etc", "/etc/hosts"],
  ["/run", "/var/run/kubernetes.io"],
  ["/data", "/data"],
  ["/data/huge", "/data"],
  ["/srv", "/srv/cache/"],
  [serviceAccount, serviceAccount],
  ["/run/secrets/kubernetes.io", serviceAccount],
  ["/lib/modules/huge", "/usr/lib/modules"],
];

/** What the mount must not have, by the field that would say it. */
const unknownFields: readonly [hugetlbfs: object, problem: string][] = [
  [{ options: ["exec", "suid"] }, "hugetlbfs.options: unknown field (allowed here: mountPath)"],
  [{ size: "1Ti" }, "hugetlbfs.size: unknown field (allowed here: mountPath)"],
  [{ mountPath: "/mnt/huge", mode: "0777" }, "hugetlbfs.mode: unknown field (allowed here: mountPath)"],
  [{ mountPath: ["/mnt"] }, "hugetlbfs.mountPath: a list is no text"],
  [{ mountPath: null }, "hugetlbfs.mountPath: null is no text"],
  [{ mountPath: `/${"x".repeat(64)}` }, "hugetlbfs.mountPath: longer than 64 characters"],
];

Deno.test("a mount that a container cannot have is refused by its name, before anything is written", async (test) => {
  await onNode(async (node) => {
    await node.readyDriver();
    const volumes = ["/data", "/srv/cache/", serviceAccount, "/usr/lib/modules"];
    let count = 0;
    const refusalOf = async (hugetlbfs: object) =>
      refusalIn(
        await node.prepare(
          scheduledClaim(node, `refused-${count++}`, { volumes, memoryConfig: { hugetlbfs } }),
        ),
      );
    for (const mountPath of noPaths) {
      await test.step(`${JSON.stringify(mountPath)} is no path of a container`, async () => {
        const refusal = await refusalOf({ mountPath });
        assert.match(refusal, /hugetlbfs\.mountPath: .* is no path of a container \(write an absolute path/);
        const shown = JSON.stringify(mountPath).replaceAll("\\\\", "\\");
        assert.ok(refusal.includes(shown), refusal);
      });
    }
    for (const [mountPath, met] of meeting) {
      await test.step(`${mountPath} meets ${met}`, async () => {
        const refusal = await refusalOf({ mountPath });
        assert.ok(refusal.includes(`hugetlbfs.mountPath: ${mountPath} meets ${met}, `), refusal);
        assert.match(refusal, /: choose another path$/);
      });
    }
    for (const [hugetlbfs, problem] of unknownFields) {
      await test.step(`${problem}`, async () => {
        assert.ok((await refusalOf(hugetlbfs)).includes(problem));
      });
    }
    assert.deepEqual([...Deno.readDirSync(node.cluster.paths.cdiDir)].map(({ name }) => name), []);

    await test.step("a path beside all of that is taken", async () => {
      const memoryConfig = { hugetlbfs: { mountPath: "/data-huge/2Mi" } };
      assertPrepared(await node.prepare(scheduledClaim(node, "taken", { volumes, memoryConfig })));
      const [file = ""] = node.specFiles();
      const spec = await Deno.readTextFile(`${node.cluster.paths.cdiDir}/${file}`);
      assert.match(spec, /"containerPath":\s*"\/data-huge\/2Mi"/);
    });
  });
});
