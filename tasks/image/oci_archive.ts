import { createHash } from "node:crypto";
import { gzip } from "../../adapters/operations/archive/gzip.ts";
import { type ArchiveEntry, tar } from "../../adapters/operations/archive/tar.ts";
import type { Architecture } from "./elf.ts";

/** What an image is made of. */
export interface Image {
  /** Its full name, as containerd keeps it: `docker.io/library/dramemory:0.1.0`. */
  readonly name: string;
  readonly architecture: Architecture;
  /** The files, the lowest layer first. */
  readonly layers: readonly (readonly ArchiveEntry[])[];
  readonly entrypoint: readonly string[];
  /** The arguments where none are given. */
  readonly command: readonly string[];
  /** `NAME=value` each. */
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The time of the image and of each of its files. */
  readonly created: Date;
}

/** An image as it is carried about. */
export interface OciArchive {
  readonly archive: Uint8Array<ArrayBuffer>;
  /** The image's digest, by which a registry and containerd know it. */
  readonly digest: string;
}

/** Media types of the OCI image specification. */
const mediaType = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

/** Refers to a blob by its content (OCI image specification, descriptor.md). */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * An image as one archive (OCI image specification, image-layout.md), which containerd, podman, skopeo and `docker
 * load` take. The same image gives the same bytes. It is run as root: the NRI socket and the pods' cgroups are root's.
 */
export async function ociArchive(image: Image): Promise<OciArchive> {
  const blobs = new Map<string, ArchiveEntry>();
  const store = (type: string, content: Uint8Array): Descriptor => {
    const digest = digestOf(content);
    blobs.set(digest, { path: blobPath(digest), type: "file", content });
    return { mediaType: type, digest, size: content.length };
  };
  const layers: Descriptor[] = [];
  const diffIds: string[] = [];
  for (const files of image.layers) {
    const layer = await tar(files, image.created);
    diffIds.push(digestOf(layer));
    layers.push(store(mediaType.layer, await gzip(layer)));
  }
  const config = store(mediaType.config, json(imageConfig(image, diffIds)));
  const manifest = store(
    mediaType.manifest,
    json({ schemaVersion: 2, mediaType: mediaType.manifest, config, layers, annotations: image.labels }),
  );
  const archive = await tar([
    ...blobs.values(),
    file("oci-layout", { imageLayoutVersion: "1.0.0" }),
    file("index.json", imageIndex(image, manifest)),
    file("manifest.json", dockerManifest(image, config, layers)),
  ], image.created);
  return { archive, digest: manifest.digest };
}

/** OCI image specification, config.md. */
function imageConfig(image: Image, diffIds: readonly string[]) {
  const created = image.created.toISOString();
  return {
    created,
    architecture: image.architecture,
    os: "linux",
    config: {
      User: "0:0",
      Env: image.environment,
      Entrypoint: image.entrypoint,
      Cmd: image.command,
      WorkingDir: "/",
      Labels: image.labels,
    },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: diffIds.map(() => ({ created })),
  };
}

/** containerd takes the name from an annotation of its own, others the tag from the specification's. */
function imageIndex({ name, architecture }: Image, manifest: Descriptor) {
  return {
    schemaVersion: 2,
    mediaType: mediaType.index,
    manifests: [{
      ...manifest,
      platform: { architecture, os: "linux" },
      annotations: {
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": name.slice(name.lastIndexOf(":") + 1),
      },
    }],
  };
}

/** What `docker load` reads where Docker does not keep its images in containerd. */
function dockerManifest({ name }: Image, config: Descriptor, layers: readonly Descriptor[]) {
  return [{
    Config: blobPath(config.digest),
    RepoTags: [name],
    Layers: layers.map(({ digest }) => blobPath(digest)),
  }];
}

function file(path: string, content: unknown): ArchiveEntry {
  return { path, type: "file", content: json(content) };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}
