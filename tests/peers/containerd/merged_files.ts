import fc from "fast-check";

/** The keys of the CRI plugin's table that matter to the driver. */
const criTable = fc.record({
  disable_hugetlb_controller: fc.boolean(),
  enable_cdi: fc.boolean(),
}, { requiredKeys: [] });

const nriTable = fc.record({ disable: fc.boolean(), disable_connections: fc.boolean() }, {
  requiredKeys: [],
});

/** A file by its version, undefined where it names none, and what is in its plugins' tables by their names. */
export interface GeneratedFile {
  readonly version: number | undefined;
  readonly plugins: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

const file: fc.Arbitrary<GeneratedFile> = fc.record({
  version: fc.constantFrom(undefined, 1, 2, 2, 3, 3, 4),
  plugins: fc.record({
    "io.containerd.grpc.v1.cri": criTable,
    "io.containerd.cri.v1.runtime": criTable,
    "io.containerd.nri.v1.nri": nriTable,
  }, { requiredKeys: [] }),
});

/** A file by the names of version 1, where other names would be read as well. */
const oldFile: fc.Arbitrary<GeneratedFile> = fc.record({
  version: fc.constantFrom(undefined, 1),
  plugins: fc.record({ cri: criTable, nri: nriTable }, { requiredKeys: [] }),
});

/** A configuration: the main file and what it imports, in this order. */
export const configurations = fc.array(fc.oneof({ weight: 4, arbitrary: file }, oldFile), {
  minLength: 1,
  maxLength: 3,
});

/** The files by their names; `config.toml` imports the others. */
export function textsOf(files: readonly GeneratedFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ version, plugins }, index) => [
    index === 0 ? "config.toml" : `conf.d/${index}.toml`,
    [
      ...version === undefined ? [] : [`version = ${version}`],
      ...index === 0 ? ['imports = ["conf.d/*.toml"]'] : [],
      ...Object.entries(plugins).flatMap(([name, table]) => [
        `[plugins."${name}"]`,
        ...Object.entries(table).map(([key, value]) => `${key} = ${value}`),
      ]),
    ].join("\n") + "\n",
  ]));
}
