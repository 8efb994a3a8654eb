import assert from "node:assert/strict";
import { importingTests, type ModuleGraph } from "../../../tasks/mutate/importing_tests.ts";

const graph: ModuleGraph = {
  modules: [
    { specifier: "far_test.ts", dependencies: [{ code: { specifier: "between.ts" } }] },
    { specifier: "between.ts", dependencies: [{ code: { specifier: "a.ts" } }] },
    { specifier: "near_test.ts", dependencies: [{ code: { specifier: "a.ts" } }, { code: {} }] },
    { specifier: "types_test.ts", dependencies: [{}] },
    { specifier: "other_test.ts", dependencies: [{ code: { specifier: "b.ts" } }] },
    { specifier: "a.ts", dependencies: [{ code: { specifier: "between.ts" } }] },
    { specifier: "b.ts" },
  ],
};

Deno.test("the tests that import a module are found through others, the nearest first", () => {
  assert.deepEqual(importingTests(graph, "a.ts"), ["near_test.ts", "far_test.ts"]);
});

Deno.test("a module that no test imports but for its types has none", () => {
  assert.deepEqual(importingTests(graph, "types.ts"), []);
});
