import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import configuration from "../../deno.json" with { type: "json" };

const chart = new URL("../../deploy/helm/dramemory/", import.meta.url);
const read = (name: string) => Deno.readTextFile(new URL(name, chart));

Deno.test("the chart has the version of the project", async () => {
  const { version, appVersion } = v.parse(
    v.looseObject({ version: v.string(), appVersion: v.string() }),
    parse(await read("Chart.yaml")),
  );
  assert.deepEqual({ version, appVersion }, {
    version: configuration.version,
    appVersion: configuration.version,
  });
});

Deno.test("the schema knows each default and nothing else", async () => {
  const values: unknown = parse(await read("values.yaml"));
  const schema = v.parse(objectSchema, JSON.parse(await read("values.schema.json")));
  // What Helm gives to every chart of a parent.
  const { global: _, ...properties } = schema.properties;
  assert.deepEqual(pathsOf({ ...schema, properties }, values), []);
});

interface ObjectSchema {
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, unknown>>;
}

const objectSchema = v.looseObject({
  additionalProperties: v.literal(false),
  properties: v.record(v.string(), v.unknown()),
});

/** Where values and schema differ. Objects whose keys are the user's are not gone into. */
function pathsOf({ properties }: ObjectSchema, values: unknown, path = ""): string[] {
  const defaults = v.parse(v.record(v.string(), v.unknown()), values);
  const names = new Set([...Object.keys(properties), ...Object.keys(defaults)]);
  return [...names].flatMap((name) => {
    const at = `${path}.${name}`;
    if (!(name in properties)) return [`${at} is not in the schema`];
    if (!(name in defaults)) {
      return userChosen.has(path) || name === "enabled" ? [] : [`${at} has no default`];
    }
    const below = v.safeParse(objectSchema, properties[name]);
    return below.success ? pathsOf(below.output, defaults[name], at) : [];
  });
}

/** Where each key is the user's to give or not, beside `enabled`, which stands in for `create`. */
const userChosen = new Set([".affinity", ".resources", ".seLinuxOptions", ".setupHugepages.spec"]);
