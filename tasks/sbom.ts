/** Prints what the executable that `deno task build` makes with this Deno is made of. */
import configuration from "../deno.json" with { type: "json" };
import { bundle } from "./bundle.ts";
import { bundledPackages } from "./sbom/bundled_packages.ts";
import { cycloneDx } from "./sbom/cyclone_dx.ts";

const { version } = configuration;
const directory = await Deno.makeTempDir({ prefix: "dramemory-sbom-" });
try {
  const paths = await bundle("cmd/main.ts", directory, {});
  const packages = bundledPackages(paths, JSON.parse(await Deno.readTextFile("deno.lock")));
  console.log(JSON.stringify(cycloneDx({ version, deno: Deno.version.deno, packages }), undefined, 2));
} finally {
  await Deno.remove(directory, { recursive: true });
}
