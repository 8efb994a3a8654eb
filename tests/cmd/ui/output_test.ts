import assert from "node:assert/strict";
import { fitted, textOf, withBoldHeads } from "../../../cmd/ui/output.ts";

Deno.test("the heads of tables are bold, and their rows are not", () => {
  const text = "NODE  FOR CLAIMS  2Mi PAGES\n0     1Gi         3 (3 free)\n\nDISTANCE  TO 0\n0         10";
  assert.equal(
    withBoldHeads(text),
    "\x1b[1mNODE  FOR CLAIMS  2Mi PAGES\x1b[0m\n0     1Gi         3 (3 free)\n\n\x1b[1mDISTANCE  TO 0\x1b[0m\n0         10",
  );
});

Deno.test("lines fit a terminal without a word that is broken, as far in as they were", () => {
  assert.equal(
    fitted("  ✓ the CDI directory holds /a/b\nthe end", 24),
    "  ✓ the CDI directory\n  holds /a/b\nthe end",
  );
  assert.equal(fitted("a".repeat(100), undefined), "a".repeat(100));
});

Deno.test("an object that comes twice in YAML is written twice", async () => {
  const same = { a: [1] };
  assert.equal(await textOf("yaml", [same, same], () => ""), "- a:\n    - 1\n- a:\n    - 1");
});
