/** Makes the protobuf code in `adapters/protocols/<technology>/generated/` anew from the `.proto` files beside it. */

const tool = (name: string) => ["run", "-A", "--config", "tools/deno.json", "--frozen", name];

const common = [
  "esModuleInterop=true",
  "importSuffix=.ts",
  "forceLong=bigint",
  "outputJsonMethods=false",
];

const technologies = {
  nri: ["env=browser", "outputServices=none"],
  kubelet: ["env=node", "outputServices=grpc-js"],
};

for (const [technology, options] of Object.entries(technologies)) {
  const folder = `adapters/protocols/${technology}`;
  const template = {
    version: "v2",
    clean: true,
    plugins: [{
      local: [Deno.execPath(), ...tool("npm:ts-proto@2.18.0/protoc-gen-ts_proto")],
      out: `${folder}/generated`,
      opt: [...common, ...options],
    }],
  };
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...tool("npm:@bufbuild/buf@1.75.0/buf"),
      "generate",
      `${folder}/proto`,
      "--template",
      JSON.stringify(template),
    ],
  }).spawn().status;
  if (!success) Deno.exit(1);
}

// The service definitions name Node's Buffer as a global, whose type Deno does not know.
const generated = "adapters/protocols/kubelet/generated";
for await (const { name } of Deno.readDir(generated)) {
  const path = `${generated}/${name}`;
  const code = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, code.replace(/^import /m, 'import { Buffer } from "node:buffer";\nimport '));
}
