#!/bin/sh
# strictObject of valibot takes a list for an object where every field is optional.
#
# valibot 1.5.0. The schema is strictObject({ path: optional(string()) }), the input a list, as JSON has it.
#
# Expected: a list is refused, as a string or a number is; TypeScript's type of the result has no list, and a JSON schema
# of `type: object` made of it (@valibot/to-json-schema 1.8.0) refuses one.
# Seen: an empty list is taken, and comes out as an empty object. A list with an entry is refused, for its key "0".
#
# Needs npm and Node.js. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

npm install --silent --no-audit --no-fund valibot@1.5.0 @valibot/to-json-schema@1.8.0 >/dev/null
cat >check.mjs <<'JS'
import * as v from "valibot";
import { toJsonSchema } from "@valibot/to-json-schema";

const schema = v.strictObject({ path: v.optional(v.string()) });
const told = (input) => {
  const { success, output } = v.safeParse(schema, input);
  return success ? `taken as ${JSON.stringify(output)}` : "refused";
};
console.log(`[] ${told([])}; ["a"] ${told(["a"])}; 1 ${told(1)}; JSON schema: ${toJsonSchema(schema).type}`);
JS
seen=$(node check.mjs)
echo "$seen"
[ "$seen" = '[] taken as {}; ["a"] refused; 1 refused; JSON schema: object' ]
