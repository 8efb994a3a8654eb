import assert from "node:assert/strict";
import { linted } from "./_linted.ts";

for (
  const [source, impurities] of Object.entries({
    'import { a } from "../adapters/a.ts";': ["import ../adapters/a.ts"],
    'import type { A } from "../../adapters/a.ts";': ["import ../../adapters/a.ts"],
    'export * from "../core2/a.ts";': ["import ../core2/a.ts"],
    'export { a } from "../../../../core/a.ts";': ["import ../../../../core/a.ts"],
    'import "../core.ts";': ["import ../core.ts"],
    'import a from "npm:a";': ["import npm:a"],
    "import a from 'a';": ["import a"],
    'import {\n  a, // "../b.ts"\n} from /* "./c.ts" */ "node:fs";': ["import node:fs"],
    'import fs from "https://example.org/core/a.ts";': ["import https://example.org/core/a.ts"],
    'import a from "/core/a.ts";': ["import /core/a.ts"],
    'import a from "./a.json" with { type: "json" };': ["import ./a.json"],
    'import a from "./\\x2e./a.ts";': ["import ./../a.ts"],
    'await import("./b.ts");': ["use dynamic imports"],
    'type A = typeof import("./b.ts");': ["use types of dynamic imports"],
    "import.meta.dirname;": ["use import.meta"],
    "Deno.readFile();": ["use Deno"],
    "f(...Deno.args);": ["use Deno"],
    "a ? Deno : b;": ["use Deno"],
    "\\u0044eno.args;": ["use Deno"],
    "process.env.A;": ["use process"],
    "Date.now();": ["use Date"],
    "new Date();": ["use Date"],
    "performance.now();": ["use performance"],
    "setTimeout(f, 1); setInterval(f, 1);": ["use setTimeout", "use setInterval"],
    "AbortSignal.timeout(1);": ["use AbortSignal.timeout"],
    "Math.random();": ["use Math.random"],
    'Math["random"]();': ["use Math.random"],
    "const { random } = Math;": ["use Math.random"],
    "Math?.random();": ["use Math.random"],
    "crypto.randomUUID();": ["use crypto"],
    "fetch(url);": ["use fetch"],
    "console.log(1);": ["use console"],
    "globalThis.fetch(url);": ["use globalThis"],
    'eval("1");': ["use eval"],
    "`a ${`b ${Deno.pid}`} ${Date}`;": ["use Deno", "use Date"],
    "const a = 4 / 2; Deno.exit(); b / c;": ["use Deno"],
    'const a = /["\'`]/; Deno.exit(); "";': ["use Deno"],
    'return /\\/*[/*]/; Deno.exit(); "";': ["use Deno"],
    'const a = "// \\" /*"; Deno.exit();': ["use Deno"],
    "const a = `\\` \\${`; Deno.exit();": ["use Deno"],
  })
) {
  Deno.test(`found is what is impure in ${source}`, () => {
    assert.deepEqual(
      linted("pure-core", "core/sample.ts", source),
      impurities.map((what) => `The core is pure: it must not ${what}`),
    );
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
  Deno.test(`nothing is found in ${source}`, () => {
    assert.deepEqual(linted("pure-core", "core/claims/sample.ts", source), []);
  });
}
