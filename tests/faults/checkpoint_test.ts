import assert from "node:assert/strict";
import { dramemory } from "../cmd/dramemory.ts";
import { updating, withInstances } from "./_instances.ts";
import { scheduledClaim } from "./objects.ts";
import { assertPrepared, onNode, refusalIn, type TestedNode } from "./tested_node.ts";

Deno.test("a checkpoint is damaged: it is set aside and told of, the others are served, and the claim is prepared anew", async () => {
  await onNode(async (node) => {
    const first = await node.readyDriver();
    const claims = ["a", "b", "c"].map((name) => scheduledClaim(node, name));
    const answers = await Promise.all(claims.map((claim) => node.prepare(claim)));
    await first.kill();
    const [damaged = ""] = node.specFiles();
    await Deno.writeTextFile(`${node.cluster.paths.cdiDir}/${damaged}`, "{}");

    const next = await node.readyDriver();
    await next.said("claims recovered from the checkpoint count=2");
    await next.said("checkpoint of a claim is damaged");
    assert.ok(node.specFiles().includes(`${damaged}.damaged`));
    const { runDir, directory, cluster: { paths } } = node;
    const places = [`--run-dir=${runDir}`, `--cdi-dir=${paths.cdiDir}`, `--procfs-root=${directory}/proc`];
    const { stdout } = await dramemory(
      "status",
      "-o",
      "json",
      `--cgroup-mount=${paths.cgroupMount}`,
      ...places,
    );
    assert.match(JSON.parse(stdout).problems.join(), /set aside as .*\.damaged/);
    assert.deepEqual(await Promise.all(claims.map((claim) => node.prepare(claim))), answers);
  });
});

Deno.test("the machine is restarted: nothing is prepared any more, and claims are prepared anew", async () => {
  await onNode(async (node) => {
    await setBootId(node, "11111111-1111-4111-8111-111111111111");
    const first = await node.readyDriver();
    const claim = scheduledClaim(node, "a");
    const answer = await node.prepare(claim);
    await first.kill();
    await setBootId(node, "22222222-2222-4222-8222-222222222222");
    await node.readyDriver();
    assert.deepEqual(node.specFiles(), []);
    assert.deepEqual(await node.prepare(claim), answer);
    assert.equal(node.specFiles().length, 1);
  });
});

Deno.test("the driver was killed while it wrote: what was left half written goes, what others own stays", async () => {
  await onNode(async (node) => {
    const { cdiDir } = node.cluster.paths;
    const others = ["dra.memory-claim_x.json.damaged", "gpu.example.com-claim_x.json.tmp", "gpu.yaml"];
    for (const name of ["dra.memory-claim_x.json.tmp", ...others]) {
      await Deno.writeTextFile(`${cdiDir}/${name}`, "{");
    }
    await node.readyDriver();
    assert.deepEqual(node.specFiles(), others);
  });
});

Deno.test("the disk is full: the claim fails with the reason, and succeeds once there is room", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const claim = scheduledClaim(node, "a");
    const { cdiDir } = node.cluster.paths;
    // A directory where the temporary file would be keeps it from being written, for root as well.
    const inTheWay = `${cdiDir}/dra.memory-claim_${claim.uid}.json.tmp`;
    await Deno.mkdir(inTheWay);
    const refused = await node.prepare(claim);
    assert.match(refusalIn(refused), /^Cannot write .*--cdi-dir/);
    await Deno.remove(inTheWay);
    assertPrepared(await node.prepare(claim));
  });
});

Deno.test("files cannot be read or set aside: in an update both instances start and prepare, and it is told", async () => {
  await onNode(async (node) => {
    const { cdiDir } = node.cluster.paths;
    await Deno.mkdir(`${cdiDir}/dra.memory-claim_directory.json`);
    await Deno.writeTextFile(`${cdiDir}/dra.memory-claim_damaged.json`, "{}");
    await Deno.mkdir(`${cdiDir}/dra.memory-claim_damaged.json.damaged/taken`, { recursive: true });
    await updating(node, async (former, young) => {
      for (const driver of [former, young]) await driver.said("checkpoint of a claim is damaged");
      await withInstances(node, async (former, young) => {
        assertPrepared(await former.prepare(scheduledClaim(node, "a")));
        assertPrepared(await young.prepare(scheduledClaim(node, "b")));
      });
    });
  });
});

Deno.test("the checkpoints' directory is removed while the driver runs: claims and their files are there again", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const claims = ["a", "b"].map((name) => scheduledClaim(node, name));
    const [a = assert.fail(), b = assert.fail()] = claims;
    const first = await node.prepare(a);
    assertPrepared(first);
    await Deno.remove(node.cluster.paths.cdiDir, { recursive: true });
    assert.deepEqual(await node.prepare(a), first);
    assertPrepared(await node.prepare(b));
    assert.deepEqual(node.specFiles(), claims.map(({ uid }) => `dra.memory-claim_${uid}.json`).sort());
  });
});

async function setBootId({ directory }: TestedNode, bootId: string): Promise<void> {
  await Deno.mkdir(`${directory}/proc/sys/kernel/random`, { recursive: true });
  await Deno.writeTextFile(`${directory}/proc/sys/kernel/random/boot_id`, `${bootId}\n`);
}
