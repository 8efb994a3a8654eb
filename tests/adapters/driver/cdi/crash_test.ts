import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { equal } from "../../../../core/values/equal.ts";
import type { PreparedClaim } from "../../../../core/claims/claim.ts";
import { formerClaim, newClaim, oldClaim } from "./_crash_claims.ts";
import { checkpointIn, startIn } from "./_stores.ts";

interface Scenario {
  readonly task: "save" | "remove";
  readonly before: readonly PreparedClaim[];
  readonly after: readonly PreparedClaim[];
}

const scenarios: Record<string, Scenario> = {
  "prepare": { task: "save", before: [oldClaim], after: [newClaim, oldClaim] },
  "prepare again": { task: "save", before: [formerClaim, oldClaim], after: [newClaim, oldClaim] },
  "unprepare": { task: "remove", before: [newClaim, oldClaim], after: [oldClaim] },
};

for (const [name, scenario] of Object.entries(scenarios)) {
  Deno.test(`killed before any system call of ${name}, the next start has the old state or the new, whole`, async () => {
    const outcomes: string[] = [];
    for (let call = 0; outcomes.at(-1) !== "survived"; call++) {
      assert.ok(call < 50, "the process should have come to its end");
      outcomes.push(await crash(scenario, call));
    }
    // Not a test at all unless some crashes came before the change and some after it.
    assert.ok(outcomes.includes("old") && outcomes.includes("new"), outcomes.join());
  });
}

/** Runs the scenario up to a system call and tells which state the next start found. */
async function crash({ task, before, after }: Scenario, call: number): Promise<"old" | "new" | "survived"> {
  const directory = await Deno.makeTempDir();
  try {
    for (const claim of before) await checkpointIn(directory).save(claim);
    const child = fileURLToPath(new URL("_crashing_child.ts", import.meta.url));
    const { success, signal, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--node-modules-dir=manual", child, directory, task, String(call)],
    }).output();
    assert.ok(success || signal === "SIGKILL", new TextDecoder().decode(stderr));

    const { claims, damaged } = await startIn(directory);

    assert.deepEqual(damaged, []);
    const files = (at: string) =>
      [...Deno.readDirSync(at)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
    assert.deepEqual(
      files(directory),
      claims.map(({ reference }) => `dra.memory-claim_${reference.uid}.json`),
    );
    const metadata = `${directory}/dra.memory-metadata`;
    assert.deepEqual(
      files(metadata).map((name) => [name, Deno.readTextFileSync(`${metadata}/${name}`)]),
      claims.map((
        { reference, injections },
      ) => [`${reference.uid}_main.json`, injections?.[0]?.metadata.text]),
    );
    if (success) {
      assert.deepEqual(claims, after);
      return "survived";
    }
    if (equal(claims, after)) return "new";
    assert.deepEqual(claims, before);
    return "old";
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
