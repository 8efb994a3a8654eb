import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatLabels,
  formatMetric,
  formatValue,
} from "../../../../../adapters/driver/monitoring/metrics/exposition.ts";
import { parseExposition } from "./_parse.ts";

Deno.test("a metric is printed with its help, its type and a line for each sample", () => {
  const samples = [
    { labels: formatLabels({ zone: "a", kind: "b" }), value: 1 },
    { suffix: "_sum", labels: "", value: 0.5 },
  ];
  assert.equal(
    formatMetric({ name: "thing_total", help: "Things." }, "counter", samples),
    "# HELP thing_total Things.\n# TYPE thing_total counter\n" +
      'thing_total{kind="b",zone="a"} 1\nthing_total_sum 0.5\n',
  );
});

Deno.test("a metric without samples is not printed", () => {
  assert.equal(formatMetric({ name: "thing", help: "Things." }, "gauge", []), "");
});

Deno.test("quotes, backslashes and line ends are escaped in label values, the latter two in help", () => {
  assert.equal(formatLabels({ label: 'a"b\\c\nd' }), 'label="a\\"b\\\\c\\nd"');
  const head = { name: "thing", help: 'a"b\\c\nd' };
  assert.match(formatMetric(head, "gauge", [{ labels: "", value: 0 }]), /^# HELP thing a"b\\\\c\\nd\n# TYPE/);
});

Deno.test("whatever is printed reads back as it was", () => {
  const labels = fc.dictionary(fc.stringMatching(/^[a-z_]\w{0,8}$/), fc.string({ unit: "binary" }), {
    maxKeys: 3,
  });
  fc.assert(
    fc.property(
      fc.array(labels, { minLength: 1, maxLength: 4 }),
      fc.string({ unit: "binary" }),
      (rows, help) => {
        const samples = rows.map((row, value) => ({ labels: formatLabels(row), value }));
        const text = formatMetric({ name: "thing", help }, "gauge", samples);
        const expected = rows.map((row, value) => ({ name: "thing", labels: { ...row }, value: `${value}` }));
        assert.deepEqual(
          parseExposition(text),
          new Map([["thing", { type: "gauge", help, samples: expected }]]),
        );
      },
    ),
  );
});

Deno.test("numbers read back as they were, and bytes digit by digit", () => {
  fc.assert(fc.property(fc.double(), (value) => {
    const text = formatValue(value).replace("Inf", "Infinity");
    assert.equal(Number(text), Object.is(value, -0) ? 0 : value);
  }));
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n), (bytes) => assert.equal(BigInt(formatValue(bytes)), bytes)),
  );
});
