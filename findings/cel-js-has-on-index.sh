#!/bin/sh
# has() of cel-js refuses a selection on an index, as selectors of DRA write it for attributes that a device may lack.
#
# npm @marcbachmann/cel-js 8.0.0. The expression is has(device.attributes["example.com"].model), with and without the
# attribute.
#
# Expected: true, then false, as cel-go answers.
# Seen: an error for both, "has() invalid argument". A selection without an index is taken.
#
# Needs Node.js with npm and the npm registry. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
npm install --silent --no-save --prefix . @marcbachmann/cel-js@8.0.0 >/dev/null
cat >check.mjs <<'JS'
import { evaluate } from "@marcbachmann/cel-js";
const outcome = (expression, device) => {
  try {
    return String(evaluate(expression, { device }));
  } catch (error) {
    return String(error.message).split("\n")[0];
  }
};
const indexed = 'has(device.attributes["example.com"].model)';
const withIt = outcome(indexed, { attributes: { "example.com": { model: "a" } } });
const without = outcome(indexed, { attributes: { "example.com": {} } });
const plain = outcome("has(device.attributes.model)", { attributes: { model: "a" } });
console.log([withIt, without, plain].join(" | "));
process.exit(/invalid argument/.test(withIt) && /invalid argument/.test(without) && plain === "true" ? 0 : 1);
JS
node check.mjs
