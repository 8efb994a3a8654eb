import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { podUid } from "../../core/values/ids.ts";
import { allocationOf, MiB, preparedClaim } from "../core/samples.ts";
import { dramemory, finished } from "./dramemory.ts";
import { onCopyOf } from "./_hugepage_node.ts";

const twoNuma = { "node0 2048kB": 1024, "node0 1048576kB": 2, "node1 2048kB": 512, "node1 1048576kB": 4 };

Deno.test("--dry-run shows the plan and changes nothing", async () => {
  await onCopyOf("two-numa", async (node) => {
    const before = node.counts();
    const { code, stdout } = await node.setup(
      ["{size: 2M, count: 2049}", "{size: 1G, count: 4, node: 1}"],
      "--dry-run",
    );
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `PAGE  NODE  FROM  TO    CHANGE      IN USE  CLAIMED
2Mi   0     1024  1025  +1 (2Mi)    0       0
2Mi   1     512   1024  +512 (1Gi)  12      0
1Gi   1     4     4     none        1       0
`,
    );
    assert.deepEqual(node.counts(), before);
  });
});

Deno.test("--dry-run says how many of the free pages mappings have reserved", async () => {
  await onCopyOf("two-numa", async (node) => {
    await node.write("sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages", "64\n");
    const { stdout } = await node.setup(["{size: 2M, count: 2049}", "{size: 1G, count: 6}"], "--dry-run");
    assert.deepEqual(stdout.split("\n").filter((line) => line.includes("reserved")), [
      "Of the free pages of 2Mi mappings have reserved 64, on which nodes the kernel does not tell",
    ]);
  });
});

Deno.test("a document that wants no pages says so, and has no empty table", async () => {
  await onCopyOf("two-numa", async (node) => {
    const file = `${node.directory}/none.json`;
    await Deno.writeTextFile(
      file,
      '{"kind":"HugePageProvision","metadata":{"name":"x"},"spec":{"pages":[]}}',
    );
    for (const flags of [["--dry-run"], []]) {
      const { code, stdout } = await dramemory("setup-hugepages", file, ...node.lookFlags(), ...flags);
      assert.deepEqual([code, stdout], [0, "Nothing to change: spec.pages is empty\n"]);
    }
  });
});

Deno.test("the pages are set, others are left alone, and a second time nothing is to be done", async () => {
  await onCopyOf("two-numa", async (node) => {
    const machineWide = node.counts()["mm 2048kB"];
    for (const from of [["1024", "512"], ["1025", "1024"]]) {
      const { code, stdout, stderr } = await node.setup(["{size: 2 MiB, count: 2049}"]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.deepEqual(stdout.trimEnd().split("\n").map((line) => line.split(/ +/)), [
        ["PAGE", "NODE", "FROM", "TO", "GOT"],
        ["2Mi", "0", from[0], "1025", "1025"],
        ["2Mi", "1", from[1], "1024", "1024"],
      ]);
    }
    const { "mm 2048kB": now, "mm 1048576kB": _, ...nodes } = node.counts();
    assert.deepEqual(nodes, { ...twoNuma, "node0 2048kB": 1025, "node1 2048kB": 1024 });
    assert.equal(now, machineWide);
  });
});

Deno.test("a kernel without NUMA gets its pages as node 0", async () => {
  await onCopyOf("no-numa", async (node) => {
    await node.write("sys/kernel/mm/hugepages/hugepages-2048kB/surplus_hugepages", "0\n");
    const { code } = await node.setup(["{size: 2M, count: 700}"]);
    assert.equal(code, 0);
    assert.equal(node.counts()["mm 2048kB"], 700);
  });
});

Deno.test("the document comes on standard input as well", async () => {
  await onCopyOf("two-numa", async (node) => {
    const main = fileURLToPath(new URL("../../cmd/main.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--node-modules-dir=manual",
        main,
        "setup-hugepages",
        "-",
        ...node.lookFlags(),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const document = {
      kind: "HugePageProvision",
      metadata: { name: "a" },
      spec: { pages: [{ size: "1g", count: 6 }] },
    };
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(document)));
    await writer.close();
    const { code, stderr } = await finished(child);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(node.counts()["node0 1048576kB"], 3);
  });
});

const impossible: Record<string, [string[], RegExp]> = {
  "a field that there is not": [
    ["{size: 2M, count: 4000, nodes: 3}"],
    /line 5, spec\.pages\[0\]\.nodes: there is no/,
  ],
  "a missing count": [
    ["{size: 2M, count: 4000}", "size: 1G"],
    /line 6, spec\.pages\[1\]\.count: it is missing/,
  ],
  "a negative count": [["{size: 2M, count: -4}"], /spec\.pages\[0\]\.count: .*, found -4/],
  "an unknown size": [
    ["{size: 2M, count: 4000}", "{size: 64k, count: 1}"],
    /\(line 6\): .* 64Ki \(it has 2Mi, 1Gi\)/,
  ],
  "an unknown node": [
    ["{size: 2M, count: 4000, node: 0}", "{size: 2M, count: 1, node: 9}"],
    /no NUMA node 9/,
  ],
  "more than there is memory": [
    ["{size: 1G, count: 64}"],
    /NUMA node 0 would have 34Gi .* has 15921Mi of memory/,
  ],
};
for (const [what, [pages, message]] of Object.entries(impossible)) {
  Deno.test(`${what} is an error before anything is written`, async () => {
    await onCopyOf("two-numa", async (node) => {
      const before = node.counts();
      const { code, stdout, stderr } = await node.setup(pages);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^ +at /m);
      assert.deepEqual(node.counts(), before);
    });
  });
}

Deno.test("pages that prepared claims hold are not taken away", async () => {
  await onCopyOf("two-numa", async (node) => {
    await node.prepare(preparedClaim(7, [allocationOf("hugepages-2m-numa1", 1020n * MiB)]));
    const before = node.counts();
    const { code, stderr } = await node.setup(["{size: 2M, count: 511, node: 1}"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /prepared claims hold 510 \(default\/claim-7\), and 12 are in use, by those claims or others: .* \(ask for at least 522/,
    );
    assert.deepEqual(node.counts(), before);
  });
});

for (const place of ["that is named", "that carries hugetlb"]) {
  Deno.test(`pages in use that are the claims' own, by the hierarchy ${place}, are not counted twice`, async () => {
    await onCopyOf("two-numa", async (node) => {
      const claim = preparedClaim(7, [allocationOf("hugepages-2m-numa1", 1020n * MiB)]);
      const uid = "0c01e379-873c-488c-8f77-02fdeaf6711a";
      await node.prepare({ ...claim, pod: { ...claim.pod, uid: podUid(uid) } });
      const hierarchy = `${node.directory}/cgroup`;
      const pod = `cgroup/kubepods/pod${uid}`;
      await Deno.mkdir(`${node.directory}/${pod}/container`, { recursive: true });
      await node.write(`${pod}/container/cpuset.mems.effective`, "1\n");
      for (const cgroup of [pod, `${pod}/container`]) {
        await node.write(`${cgroup}/hugetlb.2MB.numa_stat`, `total=${12 << 21} N0=0 N1=${12 << 21}\n`);
        await node.write(`${cgroup}/hugetlb.2MB.current`, `${12 << 21}\n`);
      }
      await node.write("cgroup/cgroup.controllers", "cpuset hugetlb\n");
      await node.write("proc/self/mountinfo", `30 29 0:26 / ${hierarchy} rw - cgroup2 cgroup2 rw\n`);
      const flags = place === "that is named" ? [`--cgroup-mount=${hierarchy}`] : [];
      const { code, stderr } = await node.setup(["{size: 2M, count: 511, node: 1}"], ...flags);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.equal(node.counts()["node1 2048kB"], 511);
    });
  });
}

Deno.test("a damaged record leaves the pages alone", async () => {
  await onCopyOf("two-numa", async (node) => {
    await node.prepare(preparedClaim(7, []));
    const [record] = [...Deno.readDirSync(`${node.directory}/cdi`)];
    await node.write(`cdi/${record?.name}`, "{}");
    const { code, stderr } = await node.setup(["{size: 2M, count: 4000}"]);
    assert.equal(code, 1);
    assert.match(stderr, /^Cannot tell which pages prepared claims hold: /);
  });
});

for (const rollback of [false, true]) {
  Deno.test(`a shortage is told with its reason, ${rollback ? "and what was done is undone" : "and what came is kept"}`, async () => {
    await onCopyOf("two-numa", async (node) => {
      // In a copy nothing turns surplus pages into others, so that three will be missing.
      await node.write("sys/devices/system/node/node1/hugepages/hugepages-2048kB/surplus_hugepages", "3\n");
      const pages = ["{size: 2M, count: 2050}", "{size: 1G, count: 5, node: 1}"];
      const { code, stdout, stderr } = await node.setup(pages, ...rollback ? ["--rollback"] : []);
      assert.equal(code, 1);
      assert.match(stdout, /^2Mi +1 +509 +1025 +1022 \(\+3 until they are freed\)$/m);
      assert.match(
        stderr,
        /^Cannot get 1025 pages of 2Mi on NUMA node 1: the kernel gave 1022, since the 14513Mi of its/,
      );
      assert.match(
        stderr,
        rollback ? /^Restored: 4 pages of 1Gi on NUMA node 1/m : /^The pages that were got are kept/m,
      );
      const { "node0 2048kB": small, "node1 1048576kB": large } = node.counts();
      assert.deepEqual([small, large], rollback ? [1024, 4] : [1025, 5]);
    });
  });
}

Deno.test("the default size is explained: it takes a boot parameter", async () => {
  await onCopyOf("two-numa", async (node) => {
    for (
      const [size, message] of [
        [
          "1G",
          /name no size get 2Mi until the next boot: put default_hugepagesz=1G on the kernel's command line/,
        ],
        ["2M", /programs that name no size get 2Mi already/],
      ] as const
    ) {
      const { code, stderr } = await node.setup(
        [`{size: 2M, count: 2000}\n  defaultHugepagesSize: ${size}`],
        "--dry-run",
      );
      assert.equal(code, 0);
      assert.match(stderr, message);
    }
  });
});

Deno.test("--persist prints a unit or parameters of the kernel, and changes nothing", async () => {
  await onCopyOf("two-numa", async (node) => {
    const before = node.counts(), pages = ["{size: 2M, count: 4000}", "{size: 1G, count: 4, node: 1}"];
    const unit = await node.setup(pages, "--persist", "systemd");
    const parameters = await node.setup(pages, "--persist", "kernel");
    assert.deepEqual([unit.code, unit.stderr, parameters.code], [0, "", 0]);
    assert.match(
      unit.stdout,
      /^ExecStart="\/usr\/local\/bin\/dramemory" setup-hugepages -\n.*\n.*"count":4000/m,
    );
    assert.equal(parameters.stdout, "hugepagesz=2M hugepages=4000 hugepagesz=1G hugepages=1:4\n");
    assert.match(parameters.stderr, /command line/);
    assert.deepEqual(node.counts(), before);
  });
});

const wrongUsages = [[], ["a", "b"], ["a", "--persist", "cron"], ["a", "--persist", "kernel", "--dry-run"]];
for (const args of wrongUsages) {
  Deno.test(`setup-hugepages ${args.join(" ")} is wrong usage`, async () => {
    const { code, stdout, stderr } = await dramemory("setup-hugepages", ...args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /--help/);
  });
}

Deno.test("setup-hugepages --help shows a document and examples", async () => {
  const { code, stdout } = await dramemory("setup-hugepages", "--help");
  assert.equal(code, 0);
  assert.match(stdout, /kind: HugePageProvision[^]*Examples:\n {2}dramemory setup-hugepages/);
});
