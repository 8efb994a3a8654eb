import fc from "fast-check";
import assert from "node:assert/strict";
import { pageSize, parsePageSize } from "../../../core/values/page_size.ts";
import {
  hugepageSizeOf,
  hugepagesResource,
  memoryResource,
  parseResourceName,
} from "../../../core/values/resource_name.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

Deno.test("memory is a resource without a hugepage size", () => {
  assert.equal(parseResourceName("memory"), memoryResource);
  assert.equal(hugepageSizeOf(memoryResource), undefined);
});

for (const name of ["hugepages-64k", "hugepages-2m", "hugepages-1g", "hugepages-16g"]) {
  Deno.test(`${name} is the resource of its page size`, () => {
    const resource = parseResourceName(name);
    assert.equal(resource, name);
    assert.equal(hugepageSizeOf(resource), parsePageSize(name.slice("hugepages-".length)));
  });
}

Deno.test("every hugepage size has a resource, and the resource that size", () => {
  for (let bits = 10n; bits <= 43n; bits++) {
    const resource = hugepagesResource(pageSize(1n << bits));
    assert.equal(parseResourceName(resource), resource);
    assert.equal(hugepageSizeOf(resource), 1n << bits);
  }
});

for (
  const name of [
    "",
    "Memory",
    "memory ",
    "hugepages",
    "hugepages-",
    "hugepages-2Mi",
    "hugepages-3m",
    "hugepages-2m-x",
  ]
) {
  Deno.test(`${JSON.stringify(name)} is no resource`, () => {
    assert.throws(() => parseResourceName(name), ParseError);
  });
}

Deno.test("any text is a resource or a ParseError", () => {
  const size = fc.string({ unit: fc.constantFrom(..."0128kmgi"), maxLength: 5 });
  fc.assert(fc.property(fc.oneof(fc.string(), size.map((text) => `hugepages-${text}`)), (text) => {
    try {
      const resource = parseResourceName(text);
      assert.equal(parseResourceName(resource), resource);
    } catch (error) {
      assert.ok(error instanceof ParseError);
    }
  }));
});
