import assert from "node:assert/strict";
import { element, label, textNode } from "../../../../adapters/operations/svg/element.ts";

Deno.test("texts and attributes are escaped", () => {
  assert.equal(
    label("<a> & 'b'", 1, 2, { class: '"x"' }),
    '<text x="1" y="2" class="&#34;x&#34;">&#60;a&#62; &#38; &#39;b&#39;</text>',
  );
});

Deno.test("characters that XML has no room for are replaced", () => {
  assert.equal(textNode("a\x00\x1b\tb\uffff"), "a\ufffd\ufffd\tb\ufffd");
});

Deno.test("numbers have two decimals at most, and an element without content closes itself", () => {
  assert.equal(element("rect", { x: 1 / 3 }), '<rect x="0.33"/>');
});
