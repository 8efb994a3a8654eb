import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import * as v from "valibot";

const digest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));
const size = v.pipe(v.number(), v.integer(), v.minValue(1));
const annotations = v.record(v.string(), v.string());
const descriptor = (mediaType: string) => v.strictObject({ mediaType: v.literal(mediaType), digest, size });
const oci = (kind: string) => `application/vnd.oci.image.${kind}`;

const layoutFile = v.strictObject({ imageLayoutVersion: v.literal("1.0.0") });
const indexFile = v.strictObject({
  schemaVersion: v.literal(2),
  mediaType: v.literal(oci("index.v1+json")),
  manifests: v.strictTuple([v.strictObject({
    ...descriptor(oci("manifest.v1+json")).entries,
    platform: v.strictObject({ architecture: v.picklist(["amd64", "arm64"]), os: v.literal("linux") }),
    annotations,
  })]),
});
const manifestFile = v.strictObject({
  schemaVersion: v.literal(2),
  mediaType: v.literal(oci("manifest.v1+json")),
  config: descriptor(oci("config.v1+json")),
  layers: v.array(descriptor(oci("layer.v1.tar+gzip"))),
  annotations,
});
const configFile = v.strictObject({
  created: v.pipe(v.string(), v.isoTimestamp()),
  architecture: v.string(),
  os: v.literal("linux"),
  config: v.strictObject({
    User: v.literal("0:0"),
    Env: v.array(v.pipe(v.string(), v.regex(/^[A-Z_]+=/))),
    Entrypoint: v.array(v.string()),
    Cmd: v.array(v.string()),
    WorkingDir: v.literal("/"),
    Labels: v.record(v.string(), v.string()),
  }),
  rootfs: v.strictObject({ type: v.literal("layers"), diff_ids: v.array(digest) }),
  history: v.array(v.strictObject({ created: v.string() })),
});
const dockerFile = v.strictTuple([
  v.strictObject({ Config: v.string(), RepoTags: v.array(v.string()), Layers: v.array(v.string()) }),
]);

/** An unpacked OCI archive, of which everything was checked that the specification says of it. */
export interface OciLayout {
  readonly annotations: Readonly<Record<string, string>>;
  readonly manifest: v.InferOutput<typeof manifestFile>;
  readonly image: v.InferOutput<typeof configFile>;
  /** The files of the layers, compressed, the lowest first. */
  readonly layers: readonly string[];
}

/** Reads the archive's files from a directory, strictly: every digest, size and media type, and nothing besides. */
export function readOciLayout(directory: string): OciLayout {
  const used = new Set<string>();
  const read = (path: string): unknown => {
    used.add(path);
    return JSON.parse(Deno.readTextFileSync(`${directory}/${path}`));
  };
  const blob = ({ digest, size }: { digest: string; size: number }): string => {
    const path = `blobs/${digest.replace(":", "/")}`;
    const content = Deno.readFileSync(`${directory}/${path}`);
    assert.equal(content.length, size, `size of ${digest}`);
    assert.equal(sha256(content), digest);
    used.add(path);
    return path;
  };

  v.parse(layoutFile, read("oci-layout"));
  const { manifests: [reference] } = v.parse(indexFile, read("index.json"));
  const manifest = v.parse(manifestFile, read(blob(reference)));
  const image = v.parse(configFile, read(blob(manifest.config)));
  assert.equal(image.architecture, reference.platform.architecture);
  const layers = manifest.layers.map((layer) => blob(layer));
  assert.deepEqual(
    image.rootfs.diff_ids,
    layers.map((path) => sha256(gunzipSync(Deno.readFileSync(`${directory}/${path}`)))),
  );
  const [docker] = v.parse(dockerFile, read("manifest.json"));
  assert.deepEqual(docker, {
    Config: blob(manifest.config),
    RepoTags: [reference.annotations["io.containerd.image.name"]],
    Layers: layers,
  });
  assert.deepEqual(filesBelow(directory).sort(), [...used].sort(), "no file that nothing refers to");
  return {
    annotations: reference.annotations,
    manifest,
    image,
    layers: layers.map((path) => `${directory}/${path}`),
  };
}

/** Unpacks the layers one over the other. They only add: a whiteout would be taken as a file. */
export async function unpackLayers({ layers }: OciLayout, root: string): Promise<void> {
  await Deno.mkdir(root);
  for (const layer of layers) await unpack(layer, root);
}

/** Unpacks an archive by the tar of this machine. */
export async function unpack(archive: string, directory: string): Promise<void> {
  const args = ["--extract", "--no-same-owner", "--same-permissions", "--file", archive, "-C", directory];
  const { success, stderr } = await new Deno.Command("tar", { args, stdout: "null" }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** The paths of all that is no directory. */
export function filesBelow(directory: string, prefix = ""): string[] {
  return [...Deno.readDirSync(`${directory}/${prefix}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(directory, `${prefix}${name}/`) : [`${prefix}${name}`]
  );
}

function sha256(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
