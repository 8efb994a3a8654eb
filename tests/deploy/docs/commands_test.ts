import assert from "node:assert/strict";
import { parse } from "yaml";
import { dramemoryProgram } from "../../../cmd/program.ts";
import { filesBelow, page, pages, root, userPages } from "./pages.ts";

const program = dramemoryProgram();
const commands = new Map(
  program.commands.filter((command) => command.name() !== "help").map((command) => [
    command.name(),
    new Set([...command.options, ...program.options].flatMap(({ long, short }) => [long, short])),
  ]),
);
const anyFlag = new Set([...commands.values()].flatMap((flags) => [...flags]));

for (const { path, codes, commands: lines } of pages) {
  const uses = [...codes, ...lines].flatMap(usesIn);
  if (uses.length === 0) continue;
  Deno.test(`every command and flag of dramemory that ${path} has is there`, () => {
    for (const { command, flags } of uses) {
      const known = commands.get(command);
      assert.ok(known !== undefined, `there is no command ${command}`);
      for (const flag of flags) assert.ok(known.has(flag) || flag === "--help", `${command} has no ${flag}`);
    }
  });
}

for (const { path, codes } of userPages) {
  const flags = codes.flatMap((code) => /^(--[a-z][a-z-]+)\b/.exec(code)?.[1] ?? []);
  if (flags.length === 0) continue;
  Deno.test(`every flag that ${path} names is one of a command, or of a task`, async () => {
    const tasks = await taskTexts();
    const foreign = foreignFlags[path] ?? [];
    const missing = flags.filter((flag) =>
      !anyFlag.has(flag) && flag !== "--help" && !foreign.includes(flag) &&
      !new RegExp(`\\b${flag.slice(2)}"?:|"${flag}`).test(tasks)
    );
    assert.deepEqual(missing, []);
  });
}

Deno.test("the page of the commands has each of them", () => {
  const { text } = page("docs/user/commands.md");
  for (const command of commands.keys()) assert.ok(text.includes(`dramemory ${command}`), command);
});

Deno.test("every task that a page names is there", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  for (const { path, text } of pages) {
    for (const [, task = ""] of text.matchAll(/(?:deno|deno@[\d.]+) task ([a-z][a-z:0-9-]+)/g)) {
      assert.ok(Object.hasOwn(tasks, task), `${path} has deno task ${task}`);
    }
  }
});

for (const { path, codes } of userPages) {
  Deno.test(`every value of the chart that ${path} names is there`, async () => {
    const values = parse(await Deno.readTextFile(`${root}deploy/helm/dramemory/values.yaml`));
    const named = codes.filter((code) =>
      // Of a container, not of the chart.
      code !== "resources.claims" && /^[a-z][A-Za-z]+(\.[a-z][A-Za-z]+)+$/.test(code) &&
      Object.hasOwn(values, code.split(".")[0] ?? "")
    );
    for (const name of named) {
      const value = name.split(".").reduce((value, key) => value?.[key], values);
      assert.notEqual(value, undefined, name);
    }
  });
}

/** Flags of other programs: the driver that a node migrates from, and Helm. */
const foreignFlags: Readonly<Record<string, readonly string[]>> = {
  "docs/user/migration.md": ["--inspect", "--validate", "--make-manifests", "--hugepages-provision"],
  "docs/user/installation.md": ["--reuse-values", "--reset-then-reuse-values"],
};

/** The commands of dramemory in a line, with their flags. */
function usesIn(line: string): { command: string; flags: string[] }[] {
  return [...line.matchAll(/(?:^|[\s/(])dramemory ([a-z][a-z-]+)\b([^|;&]*)/g)].flatMap((match) => {
    const [, command = "", rest = ""] = match;
    if (/\b(helm|daemonset|image)\b/.test(line.slice(0, match.index + 1))) return [];
    return [{ command, flags: rest.split(" -- ")[0]?.match(/(?<=\s)--[a-z][a-z-]+/g) ?? [] }];
  });
}

async function taskTexts(): Promise<string> {
  const texts: string[] = [];
  for await (const path of filesBelow("tasks", /\.ts$/)) texts.push(await Deno.readTextFile(root + path));
  return texts.join("\n");
}
