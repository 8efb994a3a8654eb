import assert from "node:assert/strict";
import { chosen, mutationsOf } from "../../../tasks/mutate/mutations.ts";

const source = `// a === b
const text = "a === b" + \`\${left === right} && x === y\`; /* c && d */
if (!done && count < 3) return true;
`;

Deno.test("operators of the code are mutated one at a time, those of comments and texts are not", () => {
  const found = mutationsOf("a.ts", source).map(({ line, from, to }) => `${line}: ${from} ${to}`);
  assert.deepEqual(found.sort(), [
    "2: + -",
    "2: === !==",
    "3: && ||",
    "3: < >=",
    "3: if (! if (",
    "3: return true; return false;",
  ]);
});

Deno.test("a mutation differs from the source in its one place", () => {
  const [mutation] = mutationsOf("a.ts", "return a === b;\n");
  assert.equal(mutation?.mutated, "return a !== b;\n");
});

Deno.test("a seed always chooses the same, each at most once", () => {
  const values = Array.from({ length: 50 }, (_, index) => index);
  assert.deepEqual(chosen(values, 20, 1), chosen(values, 20, 1));
  assert.notDeepEqual(chosen(values, 20, 1), chosen(values, 20, 2));
  assert.equal(new Set(chosen(values, 80, 3)).size, 50);
});
