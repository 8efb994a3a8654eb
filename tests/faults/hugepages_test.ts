import assert from "node:assert/strict";
import { scheduledClaim } from "./objects.ts";
import { assertPrepared, onNode, refusalIn } from "./tested_node.ts";
import { until } from "../until.ts";

Deno.test("something outside has taken the hugepages: the claim is refused with the numbers, until they are back", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    await node.setPages("free", 0, 31);
    const claim = scheduledClaim(node, "a"),
      elsewhere = scheduledClaim(node, "b", { device: "hugepages-2m-numa1" });
    const refused = await node.prepare(claim);
    assert.match(
      refusalIn(refused),
      /^Cannot prepare claim default\/a: it wants 32 hugepages of 2Mi on NUMA node 0, where 31 of 1024 are free/,
    );
    assertPrepared(await node.prepare(elsewhere));
    await node.setPages("free", 0, 32);
    assertPrepared(await node.prepare(claim));
  });
});

Deno.test("something outside has taken the hugepages, and the driver was told not to look: the claim is prepared", async () => {
  await onNode(async (node) => {
    await node.readyDriver({ "verify-free-hugepages": "false" });
    await node.setPages("free", 0, 0);
    assertPrepared(await node.prepare(scheduledClaim(node, "a")));
  });
});

Deno.test("the kernel's counts cannot be read: the claim is refused, until they can", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const pool = `${node.directory}/sys/devices/system/node/node1/hugepages/hugepages-2048kB`;
    await Deno.rename(pool, `${pool}.away`);
    const claim = scheduledClaim(node, "a", { device: "hugepages-2m-numa1" });
    // Which of the two depends on whether the driver has looked at the node meanwhile.
    assert.match(
      refusalIn(await node.prepare(claim)),
      /node1\/hugepages\/hugepages-2048kB|hugepages-2m-numa1/,
    );
    await Deno.rename(`${pool}.away`, pool);
    driver.signal("SIGHUP");
    await until("the claim", async () => (await node.prepare(claim)).kind === "prepared" || undefined);
  });
});

Deno.test("an ordinary pod may still take the hugepages by its limits: the claim is refused, until the pod is gone", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const cgroup = `${node.cluster.paths.cgroupMount}/kubepods/pod0c01e379-873c-488c-8f77-02fdeaf6711a`;
    await Deno.mkdir(cgroup, { recursive: true });
    await Deno.writeTextFile(`${cgroup}/hugetlb.2MB.max`, `${2 ** 31}\n`);
    await Deno.writeTextFile(`${cgroup}/hugetlb.2MB.current`, "2097152\n");
    const claim = scheduledClaim(node, "a");
    assert.match(
      refusalIn(await node.prepare(claim)),
      /1024 of 1024 are free and pods with hugepages-2Mi in their limits may still take 1023 of them/,
    );
    await Deno.remove(cgroup, { recursive: true });
    assertPrepared(await node.prepare(claim));
  });
});
