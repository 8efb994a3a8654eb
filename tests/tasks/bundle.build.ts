import assert from "node:assert/strict";
import { esbuild, type Metafile } from "../../tasks/esbuild.ts";

function bundled(): Promise<Metafile> {
  return esbuild({
    entryPoints: { main: "cmd/main.ts" },
    outdir: "bundle",
    splitting: true,
    write: false,
  });
}

/** What the program consists of, file by file of the bundle, without writing it. */
async function programFiles(): Promise<Metafile["outputs"]> {
  return (await bundled()).outputs;
}

/** The npm packages that are loaded with a source: those in its file, and in the files which that one imports. */
function packagesWith(outputs: Metafile["outputs"], source: string): Set<string> {
  const packages = new Set<string>();
  const files = Object.keys(outputs).filter((file) => source in (outputs[file]?.inputs ?? {}));
  assert.equal(files.length, 1, source);
  for (const file of files) {
    const { inputs = {}, imports = [] } = outputs[file] ?? {};
    for (const input of Object.keys(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (name !== undefined) packages.add(name);
    }
    const loaded = imports.filter(({ kind, external }) => kind === "import-statement" && !external);
    files.push(...loaded.map(({ path }) => path).filter((path) => !files.includes(path)));
  }
  return packages;
}

Deno.test("the daemon does not load what reads kubeconfigs unless it has one to read", async () => {
  const outputs = await programFiles();
  const daemon = packagesWith(outputs, "cmd/daemon/run_daemon.ts");
  const kubeconfig = packagesWith(outputs, "adapters/driver/kubernetes/kubeconfig.ts");

  assert.ok(daemon.has("@grpc/grpc-js"));
  assert.ok(kubeconfig.has("yaml"));
  assert.ok(!daemon.has("yaml"));
});

/** A package of CommonJS that is bundled has no names when it is loaded by `import()`, which it has without a bundle. */
Deno.test("what is loaded when it is wanted is a file of this project, never a package itself", async () => {
  const { inputs } = await bundled();
  const loaded = Object.entries(inputs).filter(([source]) => !source.includes("node_modules"))
    .flatMap(([source, { imports }]) =>
      imports.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => ({ source, path }))
    );
  assert.ok(loaded.length > 0);
  assert.deepEqual(loaded.filter(({ path }) => path.includes("node_modules")), []);
});
