import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { dramemory } from "../cmd/_dramemory.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await Deno.readTextFile(`${root}deploy/OPERATIONS.md`);
const codes = [...page.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);

/** What stands in the first column of a table under a heading that begins with "it says". */
function messagesOfTables(): string[] {
  const tables = page.split(/\n\n/).filter((block) => /^\| it says/.test(block));
  return tables.flatMap((table) =>
    table.split("\n").slice(2).flatMap((row) =>
      [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code)
    )
  );
}

Deno.test("every message that the operators' page quotes is one that the program prints", async () => {
  const messages = new Set([...messagesOfTables(), ...codes.filter((code) => code.startsWith("Cannot "))]);
  assert.ok(messages.size > 30);
  const sources = await sourceTexts();
  const missing = [...messages].flatMap((message) =>
    message.split("…").map((part) => part.trim()).filter((part) => part.length > 1 && !sources.includes(part))
  );
  assert.deepEqual(missing, []);
});

Deno.test("every command and flag on the operators' page is there", async () => {
  const lines = [...codes, ...[...page.matchAll(/^ *\$ (.*)$/gm)].map(([, line = ""]) => line)];
  const flags = new Map<string, Set<string>>();
  for (const line of lines) {
    for (const [, command = "", rest = ""] of line.matchAll(/\bdramemory ([a-z][a-z-]+)\b([^|;&]*)/g)) {
      if (/\b(helm|daemonset|image)\b/.test(line.slice(0, line.indexOf("dramemory")))) continue;
      const known = flags.get(command) ?? new Set();
      flags.set(command, known);
      for (const [flag] of rest.matchAll(/--[a-z][a-z-]+/g)) known.add(flag);
    }
  }
  assert.ok(flags.size >= 6);
  for (const [command, wanted] of flags) {
    const { code, stdout } = await dramemory("help", command);
    assert.equal(code, 0, command);
    for (const flag of wanted) assert.ok(stdout.includes(flag), `${command} has no ${flag}`);
  }
});

Deno.test("every value of the chart on the operators' page is there", async () => {
  const values = parse(await Deno.readTextFile(`${root}deploy/helm/dramemory/values.yaml`));
  const named = codes.filter((code) =>
    // Of a container, not of the chart.
    code !== "resources.claims" && /^[a-z][A-Za-z]+(\.[a-z][A-Za-z]+)*$/.test(code) &&
    Object.hasOwn(values, code.split(".")[0] ?? "")
  );
  assert.ok(named.length >= 8);
  for (const name of named) {
    const value = name.split(".").reduce((value, key) => value?.[key], values);
    assert.notEqual(value, undefined, name);
  }
});

Deno.test("every file and heading that the operators' page points to is there", async () => {
  const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
  for (const [, target = ""] of page.matchAll(/\]\(([^)]+)\)/g)) {
    if (target.startsWith("#")) assert.ok(headings.includes(target.slice(1)), target);
    else await Deno.stat(`${root}deploy/${target}`);
  }
  for (const path of codes.filter((code) => /^deploy\/[a-z/._-]+$/.test(code))) {
    await Deno.stat(`${root}${path}`);
  }
});

/** The texts of the program, those that are put together from several literals as one. */
async function sourceTexts(): Promise<string> {
  const texts: string[] = [];
  for (const folder of ["core", "adapters", "cmd"]) await collect(`${root}${folder}`, texts);
  return texts.join("\n").replace(/["'`]\s*\+\s*["'`]/g, "");
}

async function collect(directory: string, texts: string[]): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) await collect(`${directory}/${name}`, texts);
    else if (name.endsWith(".ts")) texts.push(await Deno.readTextFile(`${directory}/${name}`));
  }
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9 -]/g, "").replaceAll(" ", "-");
}
