import assert from "node:assert/strict";
import { withoutEqualsSigns } from "../../../cmd/ui/short_options.ts";
import { dramemory } from "../dramemory.ts";

Deno.test("a short option has its value behind an equals sign as well, and nothing else is changed", () => {
  const args = ["explain", "-n=team", "-v=4", "-o=", "--context=a", "-A", "x=-n=y", "--", "-n=z"];
  assert.deepEqual(withoutEqualsSigns(args), [
    ...["explain", "-nteam", "-v4", "-o=", "--context=a", "-A", "x=-n=y", "--", "-n=z"],
  ]);
});

Deno.test("version -o=json prints JSON", async () => {
  const { code, stdout } = await dramemory("version", "-o=json");
  assert.equal(code, 0);
  assert.ok("version" in JSON.parse(stdout));
});
