/** Makes an admission policy for Kubernetes out of the JSON schema of `MemoryConfig`. */

/** The keywords of JSON schema that there are rules for. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly title?: string;
  readonly description?: string;
  readonly $schema?: string;
}

/** One entry of `validations` of a ValidatingAdmissionPolicy. */
export interface PolicyRule {
  readonly expression: string;
  readonly message: string;
}

/** The schema has something that no rule can be made of. */
export class UnknownKeywordError extends Error {
  override name = "UnknownKeywordError";
}

/**
 * The rules that each of `variables.configs`, a list of parameters, must keep to be what the schema describes. Each is for
 * one field, and holds where the field is missing or what it stands in is wrong: another rule says that. Throws
 * {@link UnknownKeywordError} for a keyword that there is no rule for.
 */
export function policyRules(schema: unknown): PolicyRule[] {
  return objectRules(schema as Schema, []).map(({ condition, message }) => ({
    expression: `variables.configs.all(c, ${condition})`,
    message: `MemoryConfig of dra.memory: ${message}`,
  }));
}

interface Rule {
  readonly condition: string;
  readonly message: string;
}

function objectRules({ properties = {}, required = [], ...rest }: Schema, path: readonly string[]): Rule[] {
  if (rest.type !== "object" || rest.additionalProperties !== false) {
    throw new UnknownKeywordError(
      `Cannot make rules of ${path.join(".")}: it allows fields that are not known`,
    );
  }
  const names = Object.keys(properties), here = place(path);
  const inside = path.length === 0 ? "" : ` in ${path.join(".")}`, allowed = names.join(", ");
  const unless = where(objectsUpTo(path));
  return [
    {
      condition: `${unless}${here}.all(name, name in ${JSON.stringify(names)})`,
      message: `unknown field${inside} (allowed here: ${allowed})`,
    },
    ...required.map((name) => ({
      condition: `${unless}has(${place([...path, name])})`,
      message: `${[...path, name].join(".")} is missing`,
    })),
    ...Object.entries(properties).flatMap(([name, field]) => fieldRules(field, [...path, name])),
  ];
}

function fieldRules(schema: Schema, path: readonly string[]): Rule[] {
  const unless = where([...objectsUpTo(path.slice(0, -1)), `has(${place(path)})`]);
  const rule = {
    condition: `${unless}${valueCondition(schema, place(path))}`,
    message: `${path.join(".")} must be ${valueText(schema)}${about(schema)}`,
  };
  return schema.properties === undefined ? [rule] : [rule, ...objectRules(schema, path)];
}

/** That a value and what it stands in are there, and are objects. */
function objectsUpTo(path: readonly string[]): string[] {
  return path.map((_, index) => place(path.slice(0, index + 1))).map((value) =>
    `has(${value}) && type(${value}) == map`
  );
}

/** What a condition begins with that is only asked where others hold. */
function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : `!(${conditions.join(" && ")}) || `;
}

function place(path: readonly string[]): string {
  for (const name of path) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || celWords.includes(name)) {
      throw new UnknownKeywordError(`Cannot make rules of a field called ${JSON.stringify(name)}`);
    }
  }
  return ["c", ...path].join(".");
}

/** What CEL does not take as the name of a field (the language's definition, "reserved"). */
const celWords = [
  ...[
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
  ],
  ...["loop", "package", "namespace", "return", "var", "void", "while"],
];

/** The types of JSON schema, as CEL and as people call them. */
const types: Readonly<Record<string, readonly [cel: string, text: string]>> = {
  string: ["string", "a text"],
  boolean: ["bool", "true or false"],
  integer: ["int", "a whole number"],
  object: ["map", "an object"],
  array: ["list", "a list"],
};

function valueCondition(schema: Schema, value: string): string {
  if (schema.anyOf !== undefined) {
    return `(${schema.anyOf.map((one) => `(${valueCondition(one, value)})`).join(" || ")})`;
  }
  return parts(schema).map(({ condition }) => condition(value)).join(" && ");
}

function valueText(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(valueText).join(" or ");
  return parts(schema).flatMap(({ text }) => text === "" ? [] : [text]).join(" ");
}

interface Part {
  readonly condition: (value: string) => string;
  readonly text: string;
}

/** What a value must be, keyword by keyword. */
function parts(schema: Schema): Part[] {
  const { type, const: only, enum: some, pattern, items, ...bounds } = schema;
  const { properties: _1, required: _2, additionalProperties: _3, description: _4, title: _5, ...limits } =
    bounds;
  const [cel, text] = types[type ?? ""] ?? [];
  if (type !== undefined && cel === undefined) {
    throw new UnknownKeywordError(`Cannot make a rule of the type ${type}`);
  }
  const found: Part[] = [];
  if (text !== undefined) {
    // What is one of several words is a word.
    found.push({ condition: (value) => `type(${value}) == ${cel}`, text: some === undefined ? text : "" });
  }
  if (only !== undefined) {
    found.push({ condition: (value) => `${value} == ${JSON.stringify(only)}`, text: `${only}` });
  }
  if (some !== undefined) {
    found.push({
      condition: (value) => `${value} in ${JSON.stringify(some)}`,
      text: `one of ${some.join(", ")}`,
    });
  }
  if (pattern !== undefined) {
    // RE2 has no groups that look around, and no references back.
    if (/\(\?[=!<]|\\[1-9]/.test(pattern)) {
      throw new UnknownKeywordError(`Cannot make a rule of the pattern ${pattern}`);
    }
    found.push({
      condition: (value) => `${value}.matches(${JSON.stringify(pattern)})`,
      text: `that matches ${pattern}`,
    });
  }
  if (items !== undefined) {
    const each = valueCondition(items, "item");
    found.push({
      condition: (value) => `${value}.all(item, ${each})`,
      text: `of which each is ${valueText(items)}`,
    });
  }
  for (const [keyword, limit] of Object.entries(limits)) {
    const bound = limitsOf[keyword];
    if (bound === undefined || typeof limit !== "number") {
      throw new UnknownKeywordError(`Cannot make a rule of the keyword ${keyword}`);
    }
    found.push(bound(limit));
  }
  return found;
}

const limitsOf: Readonly<Record<string, (limit: number) => Part>> = {
  minLength: (least) => ({
    condition: (value) => `size(${value}) >= ${least}`,
    text: `of at least ${least} characters`,
  }),
  maxLength: (most) => ({
    condition: (value) => `size(${value}) <= ${most}`,
    text: `of at most ${most} characters`,
  }),
  minItems: (least) => ({ condition: (value) => `size(${value}) >= ${least}`, text: `of at least ${least}` }),
  maxItems: (most) => ({ condition: (value) => `size(${value}) <= ${most}`, text: `of at most ${most}` }),
  minimum: (least) => ({ condition: (value) => `${value} >= ${least}`, text: `from ${least}` }),
  maximum: (most) => ({ condition: (value) => `${value} <= ${most}`, text: `up to ${most}` }),
};

function about({ description }: Schema): string {
  return description === undefined ? "" : `. ${description}`;
}

/** The file of the chart that has the policy, switched by the value `memoryConfigPolicy`. */
export function policyTemplate(schema: unknown): string {
  const validations = policyRules(schema).map(({ expression, message }) =>
    `    - expression: ${JSON.stringify(expression)}\n      message: ${
      JSON.stringify(message)
    }\n      reason: Invalid\n`
  ).join("");
  return head + validations + tail;
}

const head = `{{- if include "dramemory.isOn" .Values.memoryConfigPolicy -}}
# Made of the definition of MemoryConfig by "deno task generate:schema". What claims, their templates and DeviceClasses
# say to dra.memory is checked when they are created, and not only when a pod with such a claim comes to its node. What is
# there already is left alone: a claim that is wrong must still be able to go.
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {{ include "dramemory.fullname" . }}-memory-config
  labels: {{- include "dramemory.labels" . | nindent 4 }}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - apiGroups: [resource.k8s.io]
        apiVersions: [v1]
        operations: [CREATE, UPDATE]
        resources: [resourceclaims, resourceclaimtemplates, deviceclasses]
  matchConditions:
    - name: is-said-anew
      expression: oldObject == null || object.spec != oldObject.spec
  variables:
    - name: entries
      expression: >-
        request.kind.kind == "DeviceClass" ? object.spec.?config.orValue([]) :
        request.kind.kind == "ResourceClaim" ? object.spec.?devices.?config.orValue([]) :
        object.spec.spec.?devices.?config.orValue([])
    # The API server has made sure that parameters are an object.
    - name: configs
      expression: >-
        variables.entries.filter(entry, entry.?opaque.?driver.orValue("") == "dra.memory")
        .map(entry, entry.opaque.parameters)
  validations:
`;

const tail = `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ include "dramemory.fullname" . }}-memory-config
  labels: {{- include "dramemory.labels" . | nindent 4 }}
spec:
  policyName: {{ include "dramemory.fullname" . }}-memory-config
  validationActions: [Deny]
{{- end }}
`;
