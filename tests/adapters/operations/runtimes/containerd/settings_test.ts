import assert from "node:assert/strict";
import { nriPlugin } from "../../../../../adapters/operations/runtimes/containerd/names.ts";
import { requireContainerdValidator } from "../../../../../adapters/operations/runtimes/containerd/settings.ts";
import { RuntimeConfigError } from "../../../../../core/operations/runtimes/configuration.ts";

const plain = { path: "/etc/containerd/config.toml", table: { version: 3 } };
const withValidator = {
  path: "/etc/containerd/conf.d/a.toml",
  table: { plugins: { [nriPlugin]: { default_validator: { enable: false } } } },
};

Deno.test("of a containerd whose version is not known one file that mentions the validator tells that it has one", () => {
  requireContainerdValidator(undefined, [plain, withValidator]);
  requireContainerdValidator(undefined, [plain, {
    path: "/etc/containerd/conf.d/b.toml",
    table: { version: 4 },
  }]);
  assert.throws(() => requireContainerdValidator(undefined, [plain]), RuntimeConfigError);
});
