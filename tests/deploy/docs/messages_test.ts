import assert from "node:assert/strict";
import { type Page, sources, userPages } from "./pages.ts";

const texts = await sources();

for (const page of userPages) {
  const messages = new Set([
    ...messagesOfTables(page),
    ...page.codes.filter((code) => code.startsWith("Cannot ")),
  ]);
  if (messages.size === 0) continue;
  Deno.test(`every message that ${page.path} quotes is one that the program prints`, () => {
    const missing = [...messages].flatMap((message) =>
      message.split("…").map((part) => part.trim()).filter((part) => part.length > 1 && !texts.includes(part))
    );
    assert.deepEqual(missing, []);
  });
}

/** What stands in the first column of a table under a heading that begins with "it says". */
function messagesOfTables({ text }: Page): string[] {
  const tables = text.split(/\n\n/).filter((block) => /^\| it says/.test(block));
  return tables.flatMap((table) =>
    table.split("\n").slice(2).flatMap((row) =>
      [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code)
    )
  );
}
