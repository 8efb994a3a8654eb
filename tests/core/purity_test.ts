import assert from "node:assert/strict";
import { findImpurities } from "./source_scanner.ts";

async function* sourcesBelow(directory: URL, path: string): AsyncGenerator<[path: string, source: string]> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const url = new URL(isDirectory ? `${name}/` : name, directory);
    if (isDirectory) yield* sourcesBelow(url, `${path}/${name}`);
    else yield [`${path}/${name}`, await Deno.readTextFile(url)];
  }
}

Deno.test("the core imports nothing from outside, and knows no clock, no chance and no system", async () => {
  let seen = 0;
  for await (const [path, source] of sourcesBelow(new URL("../../core/", import.meta.url), "core")) {
    assert.match(path, /\.ts$/);
    assert.deepEqual(findImpurities(path, source), [], path);
    seen++;
  }
  assert.ok(seen > 30, `only ${seen} files seen`);
});

for (
  const [source, impurities] of Object.entries({
    'import { a } from "../adapters/a.ts";': ["imports ../adapters/a.ts"],
    'import type { A } from "../../adapters/a.ts";': ["imports ../../adapters/a.ts"],
    'export * from "../core2/a.ts";': ["imports ../core2/a.ts"],
    'export { a } from "../../../../core/a.ts";': ["imports ../../../../core/a.ts"],
    'import "../core.ts";': ["imports ../core.ts"],
    'import a from "npm:a";': ["imports npm:a"],
    "import a from 'a';": ["imports a"],
    'import {\n  a, // "../b.ts"\n} from /* "./c.ts" */ "node:fs";': ["imports node:fs"],
    'import fs from "https://example.org/core/a.ts";': ["imports https://example.org/core/a.ts"],
    'import a from "/core/a.ts";': ["imports /core/a.ts"],
    'import a from "./a.json" with { type: "json" };': ["imports ./a.json"],
    'import a from "./\\x2e./a.ts";': ["imports ./\\x2e./a.ts"],
    'await import("./b.ts");': ["imports dynamically"],
    'type A = typeof import("./b.ts");': ["imports dynamically"],
    "import.meta.dirname;": ["uses import.meta"],
    "Deno.readFile();": ["uses Deno"],
    "f(...Deno.args);": ["uses Deno"],
    "a ? Deno : b;": ["uses Deno"],
    "\\u0044eno.args;": ["hides the name \\u0044eno"],
    "process.env.A;": ["uses process"],
    "Date.now();": ["uses Date"],
    "new Date();": ["uses Date"],
    "performance.now();": ["uses performance"],
    "setTimeout(f, 1); setInterval(f, 1);": ["uses setTimeout", "uses setInterval"],
    "AbortSignal.timeout(1);": ["uses AbortSignal.timeout"],
    "Math.random();": ["uses Math.random"],
    'Math["random"]();': ["uses Math"],
    "const { random } = Math;": ["uses Math"],
    "Math?.random();": ["uses Math"],
    "crypto.randomUUID();": ["uses crypto"],
    "fetch(url);": ["uses fetch"],
    "console.log(1);": ["uses console"],
    "globalThis.fetch(url);": ["uses globalThis"],
    'eval("1");': ["uses eval"],
    "`a ${`b ${Deno.pid}`} ${Date}`;": ["uses Deno", "uses Date"],
    "const a = 4 / 2; Deno.exit(); b / c;": ["uses Deno"],
    'const a = /["\'`]/; Deno.exit(); "";': ["uses Deno"],
    'return /\\/*[/*]/; Deno.exit(); "";': ["uses Deno"],
    'const a = "// \\" /*"; Deno.exit();': ["uses Deno"],
    "const a = `\\` \\${`; Deno.exit();": ["uses Deno"],
  })
) {
  Deno.test(`the scanner finds what is impure in ${source}`, () => {
    assert.deepEqual(findImpurities("core/sample.ts", source), impurities);
  });
}

for (
  const source of [
    'import { a } from "./a.ts";',
    'import { a } from "../a.ts";',
    'export { type A } from "../devices/a.ts";',
    "// Deno.exit() and import x from 'y'",
    "/* Date.now()\n * fetch() */",
    "\"Deno.exit()\"; 'fetch(1)';",
    "`Deno.exit() ${a} Date.now()`;",
    "/Deno/.test(a);",
    "a.process(); a?.fetch(); a.import(b);",
    "Math.max(1, 2);",
    "const signal: AbortSignal = a;",
    "const from = 1, Updated = 2, prefetch = 3;",
    "`${from}-${to}`;",
  ]
) {
  Deno.test(`the scanner finds nothing in ${source}`, () => {
    assert.deepEqual(findImpurities("core/claims/sample.ts", source), []);
  });
}
