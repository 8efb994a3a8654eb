import fc from "fast-check";
import assert from "node:assert/strict";
import {
  formatCgroupPageSize,
  formatKernelDirectory,
  formatKubernetesPageSize,
  formatPageSize,
  pageSize,
  parseCgroupPageSize,
  parseKernelDirectory,
  parsePageSize,
} from "../../../core/values/page_size.ts";
import { formatQuantity } from "../../../core/values/quantity.ts";
import { parseWrittenPageSize } from "../../../core/values/written_page_size.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

for (
  const [device, cgroup, directory, kubernetes] of [
    ["4k", "4KB", "hugepages-4kB", "4Ki"],
    ["64k", "64KB", "hugepages-64kB", "64Ki"],
    ["1m", "1MB", "hugepages-1024kB", "1Mi"],
    ["2m", "2MB", "hugepages-2048kB", "2Mi"],
    ["16m", "16MB", "hugepages-16384kB", "16Mi"],
    ["32m", "32MB", "hugepages-32768kB", "32Mi"],
    ["512m", "512MB", "hugepages-524288kB", "512Mi"],
    ["1g", "1GB", "hugepages-1048576kB", "1Gi"],
    ["2g", "2GB", "hugepages-2097152kB", "2Gi"],
    ["16g", "16GB", "hugepages-16777216kB", "16Gi"],
  ] as const
) {
  Deno.test(`a page of ${device} is ${cgroup}, ${directory} and ${kubernetes}`, () => {
    const size = parsePageSize(device);
    assert.deepEqual(
      [formatPageSize(size), formatCgroupPageSize(size), formatKernelDirectory(size), formatQuantity(size)],
      [device, cgroup, directory, kubernetes],
    );
  });
}

Deno.test("every page size up to 8 TiB is the same after a trip through each of its spellings", () => {
  for (let bits = 10n; bits <= 43n; bits++) {
    const size = pageSize(1n << bits);
    assert.equal(parsePageSize(formatPageSize(size)), size);
    assert.equal(parseCgroupPageSize(formatCgroupPageSize(size)), size);
    if (bits < 40n) assert.equal(parseKernelDirectory(formatKernelDirectory(size)), size);
    assert.equal(parseWrittenPageSize(formatKubernetesPageSize(size)), size);
  }
});

Deno.test("only powers of two of at least 1 KiB are page sizes", () => {
  fc.assert(fc.property(fc.bigInt(-(1n << 40n), 1n << 40n), (bytes) => {
    const isPower = bytes >= 1024n && /^10*$/.test(bytes.toString(2));
    if (isPower) assert.equal(pageSize(bytes), bytes);
    else assert.throws(() => pageSize(bytes), ParseError);
  }));
});

for (
  const [parse, texts] of [
    [parsePageSize, ["", "2", "2M", "2mb", "3k", "0k", "2 m", "-2m", "1t", "2m\n", "2097152", "16384g"]],
    [parseCgroupPageSize, ["", "2", "2m", "2mB", "2Mb", "3KB", "0KB", "2MiB", "2 MB", "2MB\n", "1TB"]],
    [parseKernelDirectory, ["", "hugepages-", "hugepages-2MB", "hugepages-2048", "hugepages-3kB", "2048kB"]],
  ] as const
) {
  for (const text of texts) {
    Deno.test(`${parse.name} refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parse(text), ParseError);
    });
  }
}

Deno.test("any text is a page size or a ParseError", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(..."0124kKmMgGBi-"), maxLength: 6 }),
    fc.string({ unit: fc.constantFrom(..."0124kB"), maxLength: 14 }).map((text) => `hugepages-${text}`),
  );
  fc.assert(fc.property(texts, (text) => {
    for (const parse of [parsePageSize, parseCgroupPageSize, parseKernelDirectory, parseWrittenPageSize]) {
      try {
        assert.ok(parse(text) >= 1024n);
      } catch (error) {
        assert.ok(error instanceof ParseError, `${parse.name}: ${error}`);
      }
    }
  }));
});

Deno.test("a refused page size is named with the text and what to write", () => {
  assert.throws(
    () => parsePageSize("2X"),
    new ParseError('Cannot parse page size: "2X" (write it as 64k, 2m or 1g)'),
  );
});
