import assert from "node:assert/strict";
import { watch } from "../../../cmd/ui/watch.ts";

Deno.test("what is watched is shown at once and when it changed, and else not", async () => {
  assert.deepEqual(await shownOf(["a", "a", "b", "b", "a"], { separator: "---" }), [
    "a\n",
    "---\nb\n",
    "---\na\n",
  ]);
});

Deno.test("in place, each text clears the former one away", async () => {
  const clear = "\x1b[H\x1b[2J\x1b[3J";
  assert.deepEqual(await shownOf(["a", "b"], { inPlace: true }), [`${clear}a\n`, `${clear}b\n`]);
});

Deno.test("a caption is above each text that is shown, and its changes alone show nothing", async () => {
  let time = 0;
  assert.deepEqual(await shownOf(["a", "a", "b"], { caption: () => `at ${time++}` }), [
    "at 0\na\n",
    "\nat 1\nb\n",
  ]);
});

Deno.test("it ends when nobody looks any more", async () => {
  assert.deepEqual(await shownOf(["a", "b", "c"], { readers: 2 }), ["a\n", "\nb\n"]);
});

Deno.test("it ends with what keeps it from looking", async () => {
  const failing = watch({ ...options, look: () => Promise.reject(new Error("gone")), show: () => true });
  await assert.rejects(failing, /^Error: gone$/);
});

Deno.test("it ends when nobody looks any more, although nothing changes", async () => {
  let looks = 0;
  const look = () => Promise.resolve(`${Math.min(++looks, 2)}`);
  const shown: string[] = [];
  await watch({ ...options, look, show: (text) => shown.push(text) > 0, isRead: () => looks < 5 });
  assert.deepEqual([shown, looks], [["1\n", "\n2\n"], 5]);
});

const options = {
  isRead: () => true,
  inPlace: false,
  separator: "",
  caption: undefined,
  intervalMilliseconds: 1,
  signal: new AbortController().signal,
};

/** Looks until the texts are used up. */
async function shownOf(
  texts: readonly string[],
  { readers = Infinity, ...changes }: {
    inPlace?: boolean;
    separator?: string;
    caption?: () => string;
    readers?: number;
  },
): Promise<string[]> {
  const shown: string[] = [], left = [...texts], interruption = new AbortController();
  await watch({
    ...options,
    ...changes,
    look: () => {
      const text = left.shift() ?? "";
      if (left.length === 0) interruption.abort();
      return Promise.resolve(text);
    },
    show: (text) => shown.push(text) < readers,
    signal: interruption.signal,
  });
  return shown;
}
