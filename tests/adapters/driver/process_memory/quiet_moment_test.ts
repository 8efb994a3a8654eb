import assert from "node:assert/strict";
import { QuietMoment } from "../../../../adapters/driver/process_memory/quiet_moment.ts";

const mebibyte = 2 ** 20;

/** A process of a size that can be set, and a promise of the next action. */
function processOf(sizes: number[]) {
  let acted = Promise.withResolvers<void>();
  const looked = Promise.withResolvers<void>();
  const quiet = new QuietMoment({
    quietMilliseconds: 1,
    residentBytes: () => {
      const size = sizes.shift();
      if (sizes.length === 0) looked.resolve();
      return (size ?? 0) * mebibyte;
    },
    act: () => acted.resolve(),
  });
  return {
    quiet,
    looked: looked.promise,
    acted: () => acted.promise,
    again: () => acted = Promise.withResolvers(),
  };
}

Deno.test("it acts once it is quiet, and again when the process has grown since", async () => {
  const process = processOf([100, 60, 70, 60]);
  process.quiet.happened();
  process.quiet.happened();
  await process.acted();
  process.again();
  process.quiet.happened();
  await process.acted();
});

Deno.test("a process that has hardly grown is left alone", async () => {
  const process = processOf([100, 60, 67]);
  process.quiet.happened();
  await process.acted();
  process.again();
  let acted = false;
  process.acted().then(() => acted = true);
  process.quiet.happened();
  await process.looked;
  assert.equal(acted, false);
});

Deno.test("a stopped one leaves no timer behind", () => {
  const { quiet } = processOf([]);
  quiet.happened();
  quiet.stop();
});
