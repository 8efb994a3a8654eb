import assert from "node:assert/strict";
import { digestIn, manifestFiles, RenderedTextError } from "../../../tasks/manifests/manifest_files.ts";

const digest = "ab".repeat(32);
const from = (template: string, text: string) => `---\n# Source: dramemory/templates/${template}\n${text}\n`;

Deno.test("what one template made is in one file, in the order in which it is installed", () => {
  const files = manifestFiles(
    from("a.yaml", "one: 1") + from("b.yaml", "two: 2") + from("a.yaml", "three: 3"),
    digest,
  );
  assert.deepEqual([...files.keys()], ["a.yaml", "b.yaml"]);
  assert.match(files.get("a.yaml") ?? "", /\n\none: 1\n---\nthree: 3\n$/);
});

Deno.test("a file says what it was rendered from", () => {
  const text = manifestFiles(from("a.yaml", "one: 1"), digest).get("a.yaml") ?? "";
  assert.match(text, /^# Rendered from deploy\/helm\/dramemory by `deno task manifests:render`/);
  assert.equal(digestIn(text), digest);
  assert.equal(digestIn("one: 1\n"), undefined);
});

Deno.test("a document without a source is not put anywhere", () => {
  assert.throws(() => manifestFiles("---\none: 1\n", digest), RenderedTextError);
});
