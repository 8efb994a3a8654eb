import type { BundledPackage } from "./bundled_packages.ts";

/** What the executable is made of. */
export interface Ingredients {
  readonly version: string;
  /** The version of Deno, whose runtime is in the executable. */
  readonly deno: string;
  readonly packages: readonly BundledPackage[];
}

/**
 * A bill of materials for the executable, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). The same
 * ingredients make the same text.
 */
export function cycloneDx({ version, deno, packages }: Ingredients) {
  const program = `pkg:generic/dramemory@${version}`;
  const runtime = `pkg:github/denoland/deno@v${deno}`;
  const libraries = packages.map(({ name, version, sha512 }) => {
    // The @ of a scope is encoded (https://github.com/package-url/purl-spec, "npm").
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    return {
      type: "library",
      "bom-ref": purl,
      name,
      version,
      hashes: [{ alg: "SHA-512", content: sha512 }],
      purl,
    };
  });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": program,
        name: "dramemory",
        version,
        licenses: [{ license: { id: "Apache-2.0" } }],
        purl: program,
      },
    },
    components: [
      { type: "platform", "bom-ref": runtime, name: "deno", version: deno, purl: runtime },
      ...libraries,
    ],
    dependencies: [
      { ref: program, dependsOn: [runtime, ...libraries.map(({ purl }) => purl)] },
    ],
  };
}
