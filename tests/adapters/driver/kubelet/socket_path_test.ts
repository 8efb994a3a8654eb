import assert from "node:assert/strict";
import fc from "fast-check";
import { socketPaths } from "../../../../adapters/driver/kubelet/socket_path.ts";
import { podUid } from "../../../../core/values/ids.ts";
import { OperatorError } from "../../../../core/values/operator_error.ts";

const kubeletRoot = "/var/lib/kubelet";
const uid = podUid("8f2a7a0e-6d1c-4f0e-9d3f-3b1f0a2c4d5e");

Deno.test("a driver's sockets are where the kubelet's plugins put them", () => {
  assert.deepEqual(socketPaths({ kubeletRoot, driver: "dra.memory" }), {
    dra: "/var/lib/kubelet/plugins/dra.memory/dra.sock",
    registration: "/var/lib/kubelet/plugins_registry/dra.memory-reg.sock",
  });
});

Deno.test("a slash at the end of the root makes no difference", () => {
  assert.deepEqual(
    socketPaths({ kubeletRoot: "/k//", driver: "d" }),
    socketPaths({ kubeletRoot: "/k", driver: "d" }),
  );
});

Deno.test("in a rolling update each pod has sockets of its own", () => {
  assert.deepEqual(socketPaths({ kubeletRoot, driver: "dra.memory", podUid: uid }), {
    dra: `/var/lib/kubelet/plugins/dra.memory/dra-${uid}.sock`,
    registration: `/var/lib/kubelet/plugins_registry/dra.memory-${uid}-reg.sock`,
  });
});

Deno.test("a registration path that is too long names the pod by a digest", () => {
  const { registration } = socketPaths({
    kubeletRoot: `/${"k".repeat(40)}`,
    driver: "dra.memory",
    podUid: uid,
  });

  assert.equal(registration, `/${"k".repeat(40)}/plugins_registry/dra.memory-1FqbVdUtldM-reg.sock`);
});

Deno.test("a registration path that is still too long names driver and pod by a digest", () => {
  const { registration } = socketPaths({
    kubeletRoot: `/${"k".repeat(20)}`,
    driver: "d".repeat(48),
    podUid: podUid("pod-of-no-uuid"),
  });

  assert.equal(registration, `/${"k".repeat(20)}/plugins_registry/dra-V9iMgMqch64zClzdLDX1BQ-reg.sock`);
});

Deno.test("107 bytes is the longest path there is", () => {
  const rootFor = (bytes: number) => `/${"k".repeat(bytes - "/plugins_registry/d-reg.sock".length - 1)}`;

  assert.equal(socketPaths({ kubeletRoot: rootFor(107), driver: "d" }).registration.length, 107);
  assert.throws(
    () => socketPaths({ kubeletRoot: rootFor(108), driver: "d" }),
    (error) =>
      error instanceof OperatorError && /108 bytes of at most 107.*--kubelet-root/.test(error.message),
  );
});

Deno.test("a path is measured in bytes", () => {
  assert.throws(() => socketPaths({ kubeletRoot: `/${"ü".repeat(50)}`, driver: "d" }), OperatorError);
});

Deno.test("paths fit, or there is an error; two pods never share a socket", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 90 }),
    fc.stringMatching(/^[a-z0-9.-]{1,63}$/),
    fc.tuple(fc.uuid(), fc.uuid()).filter(([a, b]) => a !== b),
    (depth, driver, [one, other]) => {
      const paths = (pod: string) =>
        socketPaths({ kubeletRoot: `/${"k".repeat(depth)}`, driver, podUid: podUid(pod) });
      try {
        assert.ok(Object.values(paths(one)).every((path) => path.length <= 107));
        assert.notEqual(paths(one).registration, paths(other).registration);
        assert.notEqual(paths(one).dra, paths(other).dra);
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
      }
    },
  ));
});
