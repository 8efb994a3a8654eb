import assert from "node:assert/strict";
import { lastName } from "../../../../adapters/operations/runtimes/last_name.ts";

const cases: [others: string[], name: string][] = [
  [[], "zz-a.toml"],
  [["99-nvidia.toml", "zz-a.toml"], "zz-a.toml"],
  [["zz-nvidia.toml"], "zzz-a.toml"],
  [["zzzz.toml"], "zzzzz-a.toml"],
  [["~.toml"], "zz-a.toml"],
];
for (const [others, name] of cases) {
  Deno.test(`the name behind ${others.join(", ") || "nothing"} is ${name}`, () => {
    assert.equal(lastName("a.toml", others), name);
  });
}
