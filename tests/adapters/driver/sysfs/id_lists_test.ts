import fc from "fast-check";
import assert from "node:assert/strict";
import { parseCpuInfo, parseCpuList, parseNodeList } from "../../../../adapters/driver/sysfs/id_lists.ts";
import { formatIdList } from "../../../../core/values/id_list.ts";
import { assertOnlyContentErrors, mixed } from "./support.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

Deno.test("the CPU list of a node without CPUs is empty", () => {
  assert.deepEqual(parseCpuList("\n"), []);
});

Deno.test("a CPU list is read in ascending order", () => {
  assert.deepEqual(parseCpuList("0-2,8,10-11\n"), [0, 1, 2, 8, 10, 11]);
});

Deno.test("a damaged CPU list is refused with its beginning", () => {
  assert.throws(
    () => parseCpuList("0-\n"),
    new ParseError('expected a list such as 0-3,8, found "0-"'),
  );
});

Deno.test("sparse node ids are kept as they are", () => {
  assert.deepEqual(parseNodeList("0-2,33,72\n"), [0, 1, 2, 33, 72]);
});

Deno.test("a node that no kernel can have is refused", () => {
  assert.throws(
    () => parseNodeList("0,1024\n"),
    new ParseError('expected NUMA nodes up to 1023, found "0,1024"'),
  );
});

Deno.test("every list of nodes is read as it was printed", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.nat(1023)), (ids) => {
    assert.deepEqual(parseNodeList(`${formatIdList(ids)}\n`), ids.toSorted((a, b) => a - b));
  }));
});

Deno.test("the CPUs of /proc/cpuinfo are its lines with processor", () => {
  const text = "processor\t: 0\nmodel name\t: processor 7\n\nprocessor\t: 12\nflags\t\t: fpu\n";
  assert.deepEqual(parseCpuInfo(text), [0, 12]);
});

Deno.test("the CPUs of an s390x /proc/cpuinfo stand before the colon", () => {
  const text = "# processors    : 2\nprocessor 0: version = FF,  machine = 3906\nprocessor 1: version = FF\n";
  assert.deepEqual(parseCpuInfo(text), [0, 1]);
});

Deno.test("a /proc/cpuinfo without numbered processors is refused", () => {
  assert.throws(() => parseCpuInfo("Processor\t: ARMv7 rev 4\n"), ParseError);
});

Deno.test("any text is a list or a ParseError", () => {
  const texts = mixed("-", ",", "\n", "processor", "\t: ", "1024");
  assertOnlyContentErrors(texts, parseNodeList);
  assertOnlyContentErrors(texts, parseCpuInfo);
});
