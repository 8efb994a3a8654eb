import assert from "node:assert/strict";
import { linted } from "./_linted.ts";

const why = {
  core: "the core imports nothing but itself",
  helper: "helpers import nothing above them, and of the core its values alone",
  protocol: "a protocol knows neither who speaks it nor other protocols",
  adapter: "adapters do not import each other",
  tool: "adapters do not import each other, but for the driver's readers of the node",
  simulator: "the simulator is the other side of the protocols, and knows nothing of the driver",
};

for (
  const [from, to, reason] of [
    ["core/claims/a.ts", "adapters/shared/files/b.ts", why.core],
    ["core/claims/a.ts", "cmd/main.ts", why.core],
    ["adapters/shared/files/a.ts", "core/claims/b.ts", why.helper],
    ["adapters/shared/files/a.ts", "adapters/driver/cdi/b.ts", why.helper],
    ["adapters/protocols/nri/a.ts", "adapters/driver/nri/b.ts", why.protocol],
    ["adapters/protocols/nri/a.ts", "adapters/protocols/kubelet/b.ts", why.protocol],
    ["adapters/driver/cdi/a.ts", "adapters/driver/cgroup/b.ts", why.adapter],
    ["adapters/driver/cdi/a.ts", "adapters/operations/host/b.ts", why.adapter],
    ["adapters/driver/cdi/a.ts", "adapters/simulator/b.ts", why.adapter],
    ["adapters/driver/cdi/a.ts", "cmd/daemon/b.ts", why.adapter],
    ["adapters/operations/svg/a.ts", "adapters/operations/shells/b.ts", why.tool],
    ["adapters/operations/svg/a.ts", "adapters/driver/kubelet/b.ts", why.tool],
    ["adapters/simulator/kubelet/a.ts", "adapters/driver/kubelet/b.ts", why.simulator],
  ] as const
) {
  Deno.test(`${from} must not import ${to}`, () => {
    const specifier = "../".repeat(from.split("/").length - 1) + to;
    const message = `${from} must not import ${to}: ${reason}`;
    for (
      const source of [
        `import { b } from "${specifier}";`,
        `import type { B } from "${specifier}";`,
        `export * from "${specifier}";`,
        `export { b } from "${specifier}";`,
        `const b = await import("${specifier}");`,
      ]
    ) {
      assert.deepEqual(linted("allowed-imports", from, source), [message], source);
    }
  });
}

for (
  const [from, to] of [
    ["core/claims/a.ts", "core/values/b.ts"],
    ["adapters/shared/files/a.ts", "adapters/shared/async/b.ts"],
    ["adapters/shared/files/a.ts", "core/values/b.ts"],
    ["adapters/protocols/nri/mux/a.ts", "adapters/protocols/nri/ttrpc/b.ts"],
    ["adapters/driver/monitoring/log/a.ts", "adapters/driver/monitoring/http/b.ts"],
    ["adapters/driver/nri/a.ts", "adapters/protocols/nri/mux/b.ts"],
    ["adapters/operations/status/a.ts", "adapters/driver/cdi/b.ts"],
    ["adapters/simulator/kubelet/a.ts", "adapters/simulator/api_client.ts"],
    ["cmd/daemon/a.ts", "adapters/driver/nri/b.ts"],
    ["tests/core/a.ts", "adapters/driver/nri/b.ts"],
  ] as const
) {
  Deno.test(`${from} may import ${to}`, () => {
    const specifier = "../".repeat(from.split("/").length - 1) + to;
    assert.deepEqual(linted("allowed-imports", from, `import { b } from "${specifier}";`), []);
  });
}

Deno.test("packages may be imported from everywhere as far as this rule goes", () => {
  assert.deepEqual(linted("allowed-imports", "core/a.ts", 'import { b } from "valibot";'), []);
});
