import assert from "node:assert/strict";
import { Turns } from "./turns.ts";

Deno.test("whose turn it is, is heard at once, and the others when those before them have ended", () => {
  const heard: string[] = [], turns = new Turns((text) => heard.push(text));
  turns.say(1, "b");
  turns.say(0, "a");
  turns.say(2, "c");
  turns.say(1, "B");
  assert.deepEqual(heard, ["a"]);
  turns.end(1);
  turns.say(0, "A");
  assert.deepEqual(heard, ["a", "A"]);
  turns.end(0);
  assert.deepEqual(heard, ["a", "A", "bB", "c"]);
  turns.say(2, "C");
  turns.end(2);
  assert.deepEqual(heard, ["a", "A", "bB", "c", "C"]);
});
