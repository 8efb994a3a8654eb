import assert from "node:assert/strict";
import { editToml } from "../../../../adapters/shared/toml/edit_toml.ts";
import { TomlError } from "../../../../adapters/shared/toml/toml_text.ts";
import type { ConfigValue } from "../../../../core/values/config_table.ts";

/** What becomes of a document when one key is set. */
const edits: Record<string, [before: string, path: string[], value: ConfigValue, after: string]> = {
  "a value is replaced, and the comment beside it stays": [
    "a = 1 # one\n\tb  =  true  # yes \n",
    ["b"],
    false,
    "a = 1 # one\n\tb  =  false  # yes \n",
  ],
  "a key goes behind the last one of its table, indented like it": [
    "[t] # t\n    a = 1 # one\n\n# of u\n[u]\nb = 2\n",
    ["t", "c"],
    true,
    "[t] # t\n    a = 1 # one\n    c = true\n\n# of u\n[u]\nb = 2\n",
  ],
  "a key goes under the header of an empty table": [
    "  [t] # t\n[u]\n",
    ["t", "c"],
    "x",
    '  [t] # t\n    c = "x"\n[u]\n',
  ],
  "a key of no table goes behind the others of none": [
    "version = 3\n\n# of t\n[t]\na = 1\n",
    ["imports"],
    ["conf.d/*.toml"],
    'version = 3\nimports = ["conf.d/*.toml"]\n\n# of t\n[t]\na = 1\n',
  ],
  "the first key of no table goes above all tables": ["[t]\n", ["version"], 3, "version = 3\n\n[t]\n"],
  "the first key goes below a heading": ["# heading\n", ["version"], 3, "# heading\n\nversion = 3\n"],
  "a table goes behind the nearest one": [
    "[p]\n  [p.a]\n    x = 1\n    [p.a.b]\n      y = 2\n# of q\n[q]\n",
    ["p", "a", "c", "z"],
    true,
    "[p]\n  [p.a]\n    x = 1\n    [p.a.b]\n      y = 2\n\n    [p.a.c]\n      z = true\n\n# of q\n[q]\n",
  ],
  "a table goes to the end where nothing is near, also of a text without a last line end": [
    "[q]\nx = 1",
    ["p", "a"],
    true,
    "[q]\nx = 1\n\n[p]\n  a = true\n",
  ],
  "keys are quoted where they have to be": [
    "",
    ["plugins", "io.containerd.nri.v1.nri", "disable"],
    false,
    '[plugins."io.containerd.nri.v1.nri"]\n  disable = false\n',
  ],
  "other quotes are no other key": [
    "[plugins.'a.b']\nx = true\n",
    ["plugins", "a.b", "x"],
    false,
    "[plugins.'a.b']\nx = false\n",
  ],
  "a table of dotted keys gets another of these": [
    "p.a.x = 1\np.b.y = 2\n[q]\n",
    ["p", "a", "z"],
    true,
    "p.a.x = 1\np.b.y = 2\np.a.z = true\n[q]\n",
  ],
  "a table in braces gets a key": [
    "p = { a = { x = 1 } }\n",
    ["p", "a", "y"],
    true,
    "p = { a = { x = 1, y = true } }\n",
  ],
  "a table in empty braces gets a key": ["p.a = {}\n", ["p", "a", "y"], true, "p.a = { y = true }\n"],
  "a value in braces is replaced": ["p = {a={x=1}}\n", ["p", "a", "x"], true, "p = {a={x=true}}\n"],
  "a table whose parts alone are there gets a header": [
    "[p.a.b]\nx = 1\n",
    ["p", "a", "y"],
    true,
    "[p.a.b]\nx = 1\n\n[p.a]\n  y = true\n",
  ],
  "a list on a line grows there": ["l = ['a'] # l\n", ["l"], ["a", "b"], "l = ['a', \"b\"] # l\n"],
  "an empty list gets its first item": ["l = []\n", ["l"], ["a"], 'l = ["a"]\n'],
  "a list over several lines gets one more": [
    "l = [\n  'a', # of a\n  'b', # of b\n]\n",
    ["l"],
    ["a", "b", "c"],
    "l = [\n  'a', # of a\n  'b', # of b\n  \"c\",\n]\n",
  ],
  "a list without a last comma gets none": [
    "l = [\n  'a' # of a\n]\n",
    ["l"],
    ["a", "b"],
    "l = [\n  'a', # of a\n  \"b\"\n]\n",
  ],
  "a list that does not only grow is replaced": ["l = ['a', 'b']\n", ["l"], ["a"], 'l = ["a"]\n'],
  "line ends stay as they are": [
    "[t]\r\na = 1\r\n",
    ["t", "b"],
    true,
    "[t]\r\na = 1\r\nb = true\r\n",
  ],
  "a byte order mark stays": ["\ufeffa = true # a\n", ["a"], false, "\ufeffa = false # a\n"],
  "what looks like a key in a text is none": [
    's = """\na = true\n"""\na = true\n',
    ["a"],
    false,
    's = """\na = true\n"""\na = false\n',
  ],
};
for (const [rule, [before, path, value, after]] of Object.entries(edits)) {
  Deno.test(`editing TOML: ${rule}`, () => {
    assert.equal(editToml(before, [{ path, value }], "config.toml"), after);
  });
}

const mistakes: Record<string, string> = {
  "a value is missing": "a =\n",
  "a key is there twice": "a = 1\na = 2\n",
  "a table is there twice": "[a]\n[a]\n",
  "a text has no end": 'a = "x\n',
};
for (const [mistake, text] of Object.entries(mistakes)) {
  Deno.test(`TOML in which ${mistake} is refused with its name and the place`, () => {
    assert.throws(
      () => editToml(text, [{ path: ["b"], value: true }], "/etc/config.toml"),
      (error) =>
        error instanceof TomlError && /^Cannot read \/etc\/config.toml as TOML: line \d/.test(error.message),
    );
  });
}

Deno.test("a document in which the place of a key is taken by a list of tables is refused", () => {
  assert.throws(
    () => editToml("[[p]]\nx = 1\n", [{ path: ["p", "y"], value: true }], "config.toml"),
    /^TomlError: Cannot edit config.toml: .* \(set p.y by hand\)$/,
  );
});
