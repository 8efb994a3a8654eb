import assert from "node:assert/strict";
import { tokenFileOf } from "../../../../adapters/driver/kubernetes/kubeconfig_token.ts";

const users = (user: string) =>
  `users:\n- name: other\n  user: {tokenFile: /other}\n- name: admin\n  user: ${user}\n`;

Deno.test("a token file is found relative to the kubeconfig", () => {
  assert.equal(
    tokenFileOf(users("{tokenFile: secrets/token}"), "admin", "/etc/kube"),
    "/etc/kube/secrets/token",
  );
  assert.equal(tokenFileOf(users("{tokenFile: /run/token}"), "admin", "/etc/kube"), "/run/token");
});

for (const user of ["{token: abc}", "{}", "null"]) {
  Deno.test(`a user ${user} has no token file`, () => {
    assert.equal(tokenFileOf(users(user), "admin", "/etc/kube"), undefined);
  });
}
