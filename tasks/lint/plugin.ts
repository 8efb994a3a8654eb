import { allowedImports } from "./allowed_imports.ts";
import { noCircles } from "./no_circles.ts";
import { privateFiles } from "./private_files.ts";
import { pureCore } from "./pure_core.ts";

/** What the tree promises of itself, for `deno lint`. */
const plugin: Deno.lint.Plugin = {
  name: "dramemory",
  rules: {
    "allowed-imports": allowedImports,
    "no-circles": noCircles,
    "private-files": privateFiles,
    "pure-core": pureCore,
  },
};

export default plugin;
