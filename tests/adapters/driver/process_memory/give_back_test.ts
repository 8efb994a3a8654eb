import assert from "node:assert/strict";

const module = new URL("../../../../adapters/driver/process_memory/give_back.ts", import.meta.url).href;

/** Makes garbage and gives it back, in a process of its own; the resident mebibytes before and after. */
const program = `
  const { giveMemoryBack } = await import(${JSON.stringify(module)});
  const resident = () => Deno.memoryUsage().rss / 2 ** 20;
  let garbage = Array.from({ length: 1_000_000 }, (_, index) => ({ index, text: [index] }));
  const before = resident();
  garbage = undefined;
  giveMemoryBack();
  console.log(JSON.stringify([before, resident()]));
`;

async function run(...flags: string[]): Promise<[before: number, after: number]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...flags, "data:application/javascript," + encodeURIComponent(program)],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("memory that nothing holds goes back to the operating system", async () => {
  const [before, after] = await run("--v8-flags=--expose-gc,--no-memory-pool");
  assert.ok(after < before - 30, `${before} MiB before, ${after} MiB after`);
});

Deno.test("where V8 does not let itself be told, nothing happens", async () => {
  const [before, after] = await run();
  assert.ok(before > 0 && after > 0);
});
