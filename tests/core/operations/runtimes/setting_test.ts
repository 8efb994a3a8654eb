import assert from "node:assert/strict";
import { RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import {
  refuseOverridden,
  type Setting,
  stateOf,
  unmetStates,
  type Wanted,
} from "../../../../core/operations/runtimes/setting.ts";

const path = ["plugins", "cri", "key"];

/** What is wanted, what is there, whether it will do, and what is written otherwise. */
const cases: Record<string, [wanted: Wanted, value: unknown, met: boolean, target: unknown]> = {
  "the value": [{ kind: "is", value: false }, false, true, false],
  "the other value": [{ kind: "is", value: false }, true, false, false],
  "a value of another kind": [{ kind: "is", value: false }, "false", false, false],
  "a list with it": [{ kind: "includes", anyOf: ["a", "b"] }, ["c", "b"], true, ["c", "b", "a"]],
  "a list without it": [{ kind: "includes", anyOf: ["a", "b"] }, ["c"], false, ["c", "a"]],
  "no list": [{ kind: "includes", anyOf: ["a"] }, "a", false, ["a"]],
  "a text": [{ kind: "is set", value: "mine" }, "yours", true, "mine"],
  "an empty text": [{ kind: "is set", value: "mine" }, "", false, "mine"],
};
for (const [what, [wanted, value, met, target]] of Object.entries(cases)) {
  Deno.test(`a setting that wants ${JSON.stringify(wanted)} finds ${what}`, () => {
    const state = stateOf(setting({ wanted }), [layer("main", { key: value })], "by key");
    assert.deepEqual([state.value, state.met, state.target], [value, met, target]);
  });
}

Deno.test("what no file sets is built in", () => {
  const state = stateOf(setting({ builtIn: true }), [layer("main", { other: 1 })], "by key");
  assert.deepEqual([state.value, state.layer], [true, undefined]);
});

Deno.test("files merged by key: the last one with the key counts", () => {
  const layers = [layer("main", { key: true }), layer("a", { key: false }), layer("b", { other: 1 })];
  const state = stateOf(setting({}), layers, "by key");
  assert.deepEqual([state.value, state.layer?.path], [false, "a"]);
});

Deno.test("files merged by plugin table: the last one with the table counts, with what it lacks built in", () => {
  const layers = [layer("main", { key: false }), layer("a", { other: 1 }), { path: "b", table: {} }];
  const state = stateOf(setting({ builtIn: true }), layers, "by plugin table");
  assert.deepEqual([state.value, state.layer], [true, undefined]);
});

Deno.test("a setting that a later file overrides is refused, with its name and the file; one that holds is not", () => {
  const states = (
    key: unknown,
  ) => [{ reader: "", states: [stateOf(setting({}), [layer("a", { key })], "by key")] }];
  refuseOverridden(states(false));
  assert.throws(() => refuseOverridden(states(true)), (error) =>
    error instanceof RuntimeConfigError &&
    error.message === "Cannot turn on test beside a, which is read later and sets key (change it there)");
});

Deno.test("a setting that does not hold for one of several readers is unmet, once", () => {
  const states = (key: unknown) => [stateOf(setting({}), [layer("a", { key })], "by key")];
  const readings = [true, false, true].map((key) => ({ reader: "", states: states(key) }));
  assert.deepEqual(unmetStates(readings).map(({ value }) => value), [true]);
  assert.deepEqual(unmetStates([{ reader: "", states: states(false) }]), []);
});

function setting(parts: Partial<Setting>): Setting {
  return { purpose: "test", path, wanted: { kind: "is", value: false }, builtIn: undefined, ...parts };
}

function layer(path: string, cri: Record<string, unknown>) {
  return { path, table: { plugins: { cri } } };
}
